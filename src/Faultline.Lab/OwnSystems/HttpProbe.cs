using System.Globalization;
using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Lab.Steps;
using Faultline.Triggers;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.OwnSystems;

namespace Faultline.Lab.OwnSystems;

/// <summary>Reads facts of a rule over HTTP: a list of rows, or one answer, or one for each acknowledged operation.</summary>
internal sealed class HttpProbe(string invariant, HttpProbeConfig probe, LookCall call, string prefix)
{
    private const int AtOnceMax = 8;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>The rows that go back to operations of the experiment, or all rows for a rule that wants none.</summary>
    public async Task<IReadOnlyList<SystemFact>> RowsAsync(IReadOnlyList<string> rules, CancellationToken stop)
    {
        string path = PathOf(new Dictionary<string, JsonElement>());
        (int status, JsonElement? json) = await GetAsync(path, stop);
        if (status != 200 || json is null) return [OwnFacts.Unreadable(invariant, $"GET {path} answered {status}{(json is null ? " with something that is no JSON" : "")}")];
        if (JsonPlaces.At(json.Value, probe.Rows) is not { ValueKind: JsonValueKind.Array } rows) return [OwnFacts.Unreadable(invariant, $"GET {path} answered without a list{(probe.Rows is { } place ? $" at {place}" : "")}")];

        bool wantsNone = rules.Contains(OwnRules.None);
        var facts = new List<SystemFact> { OwnFacts.Read(invariant) };
        foreach (JsonElement row in rows.EnumerateArray())
        {
            string? operation = JsonPlaces.At(row, probe.Operation) is { ValueKind: JsonValueKind.String } id ? id.GetString() : null;
            if (operation is null && !wantsNone) return [OwnFacts.Unreadable(invariant, $"GET {path} answered with a row that has no operation id{(probe.Operation is { } at ? $" at {at}" : "")}: {Shortened(row)}")];

            if (wantsNone) facts.Add(OwnFacts.Row(invariant, operation, row));
            else if (operation!.StartsWith(prefix, StringComparison.Ordinal)) facts.Add(OwnFacts.Of(invariant, operation));
        }

        return facts;
    }

    /// <summary>What is wrong with the answer, or with that about each acknowledged operation.</summary>
    public async Task<IReadOnlyList<SystemFact>> AnswersAsync(IReadOnlyList<DrawnValue> drawn, CancellationToken stop)
    {
        if (!probe.Each) return [OwnFacts.Answer(invariant, null, await WrongAsync(new Dictionary<string, JsonElement>(), stop))];

        Operation[] acknowledged = [.. call.History.Operations.Where(operation => operation.Outcome == Outcome.Ok)];
        var facts = new SystemFact[acknowledged.Length];
        await Parallel.ForAsync(0, acknowledged.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = stop }, async (place, stopping) =>
        {
            Operation operation = acknowledged[place];
            facts[place] = OwnFacts.Answer(invariant, operation.OperationId, await WrongAsync(ValuesOf(operation, drawn), stopping));
        });
        return [OwnFacts.Read(invariant), .. facts];
    }

    private Dictionary<string, JsonElement> ValuesOf(Operation operation, IReadOnlyList<DrawnValue> drawn)
    {
        // The seed of a workload is that of its cell, as the load derives it.
        Seed seed = call.Cell is { } cell ? StepsSeed.Of(cell) : new Seed(0);
        Dictionary<string, JsonElement> values = Placeholders.ValuesOf(drawn, seed, operation.OperationId, NumberOf(operation.OperationId));
        if (operation.Subject is { } subject) values["subject"] = JsonSerializer.SerializeToElement(subject);
        return values;
    }

    private static long NumberOf(string operationId) => long.TryParse(operationId.AsSpan(operationId.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private async Task<string?> WrongAsync(Dictionary<string, JsonElement> values, CancellationToken stop)
    {
        string path = PathOf(values);
        (int status, JsonElement? json) = await GetAsync(path, stop);
        if (status != probe.Status) return $"GET {path} answered {status}; it must be {probe.Status}";
        if (probe.Expect.Count == 0) return null;

        return json is null ? $"GET {path} answered with something that is no JSON" : JsonPlaces.Wrong(json.Value, probe.Expect, values) is { } wrong ? $"GET {path}: {wrong}" : null;
    }

    private string PathOf(Dictionary<string, JsonElement> values) =>
        Placeholders.Fill(probe.Path, name => name == "prefix" ? Uri.EscapeDataString(prefix) : values.TryGetValue(name, out JsonElement value) ? Uri.EscapeDataString(Placeholders.TextOf(value)) : null);

    private async Task<(int Status, JsonElement? Json)> GetAsync(string path, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerLimit);
        using HttpResponseMessage reply = await call.Http.GetAsync(new Uri(call.AddressOf(probe.Service), path), limit.Token);
        byte[] body = await reply.Content.ReadAsByteArrayAsync(limit.Token);
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return ((int)reply.StatusCode, json.RootElement.Clone());
        }
        catch (JsonException)
        {
            return ((int)reply.StatusCode, null);
        }
    }

    private static string Shortened(JsonElement row) => row.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : row.GetRawText();
}
