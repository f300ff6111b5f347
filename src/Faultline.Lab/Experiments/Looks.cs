using Faultline.Lab.Problems;
using System.Net;
using System.Text.Json;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>Looks at a running system: states, ledgers, firings, facts, probes. Changes nothing.</summary>
internal sealed class Looks(LabSystem system, TimeProvider time)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private readonly List<(string Cell, ProbeResult Result)> _probes = [];

    /// <summary>The answers to probes so far.</summary>
    public IReadOnlyList<(string Cell, ProbeResult Result)> Probes => _probes;

    /// <summary>The state of every service.</summary>
    public async Task<IReadOnlyList<MessagingState>> StatesAsync(CancellationToken stop)
    {
        var states = new List<MessagingState>();
        foreach (ServiceClient client in system.Clients.Values) states.Add(await PatientlyAsync(() => client.StateAsync(stop), stop));
        return states;
    }

    /// <summary>Asks a probe and notes the answer.</summary>
    public async Task ProbeAsync(Experiment cell, Probe probe, string when, CancellationToken stop)
    {
        (bool ok, string says) = await AskAsync(probe, stop);
        _probes.Add((cell.Name, new ProbeResult(probe.Name, when, ok, says, time.GetUtcNow())));
    }

    /// <summary>Everything that the services state now.</summary>
    /// <param name="since">When the cells began: firings before are others'.</param>
    /// <param name="before">The services' states then: what their ledgers held is others'.</param>
    /// <param name="run">The run, where several share the data of one system; null for none.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<Account> AccountAsync(DateTimeOffset since, IReadOnlyList<MessagingState> before, string? run, CancellationToken stop)
    {
        var builder = new LedgerBuilder();
        foreach (Route route in system.Spec.Routes) builder.Add(route);
        var operations = new Dictionary<string, string>();
        var firings = new List<Firing>();
        foreach (ServiceClient client in system.Clients.Values)
        {
            long after = before.First(state => state.Service == client.Service).AuditPosition;
            foreach (LedgerRow row in await PatientlyAsync(() => ListAsync(client.LedgerAsync(after, stop), stop), stop))
            {
                builder.Add(row);
                if (row.Key is not null && row.OperationId is not null) operations.TryAdd(row.Key, row.OperationId);
            }

            builder.Add(await PatientlyAsync(() => client.StateAsync(stop), stop));
            firings.AddRange((await PatientlyAsync(() => client.FiringsAsync(0, stop), stop)).Where(firing => firing.At >= since));
        }

        foreach (Firing firing in firings) builder.Add(firing);
        var facts = new List<Verification.Checkers.SystemFact>();
        foreach ((string service, string name) in system.Spec.Checks.Facts.Where(fact => system.Clients.ContainsKey(fact.Service)))
        {
            foreach (JsonElement row in await PatientlyAsync(() => ListAsync(system.Clients[service].FactsAsync(name, stop), stop), stop))
            {
                string? subject = row.TryGetProperty("subject", out JsonElement id) ? id.GetString() : null;
                facts.Add(new Verification.Checkers.SystemFact(name, subject is null ? null : operations.GetValueOrDefault(subject), row));
            }
        }

        return new Account(system, run, builder.Build(), firings, facts);
    }

    /// <summary>All of it, or nothing: rows of an answer that broke off must not be counted twice.</summary>
    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> rows, CancellationToken stop)
    {
        var all = new List<T>();
        await foreach (T row in rows.WithCancellation(stop)) all.Add(row);
        return all;
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken stop)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception error) when (error is LabException or HttpRequestException or JsonException or ServiceRefusedException { Status: >= 500 } && time.GetElapsedTime(began) < AnswerLimit)
            {
                // A service that is just coming back does not answer yet.
                await Task.Delay(LookPause, time, stop);
            }
        }
    }

    private async Task<(bool Ok, string Says)> AskAsync(Probe probe, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(probe.Within);
        try
        {
            if (probe.Figure is { } figure)
            {
                long value = FigureOf(await system.Clients[probe.Service].StateAsync(limit.Token), figure);
                return (value <= probe.Max, $"{figure} is {value}");
            }

            using HttpResponseMessage reply = await system.Http.GetAsync(new Uri(system.AddressOf(probe.Service), probe.Path), limit.Token);
            return ((int)reply.StatusCode == probe.Status, $"answered {(int)reply.StatusCode}");
        }
        catch (Exception error) when (error is HttpRequestException or LabException or ServiceRefusedException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return (probe.Status != (int)HttpStatusCode.OK && probe.Figure is null, $"no answer within {probe.Within.TotalSeconds:0.#} s");
        }
    }

    private static long FigureOf(MessagingState state, string figure) => figure switch
    {
        "outbox" => state.Outbox,
        "queue" => state.Queue,
        "parked" => state.Parked,
        "deadLetters" => state.DeadLetters,
        "scheduled" => state.Scheduled,
        _ => throw new LabException($"There is no figure '{figure}'; there are: {string.Join(", ", Probe.Figures)}."),
    };
}
