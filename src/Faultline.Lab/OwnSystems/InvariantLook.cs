using System.Text.Json;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;
using Faultline.Verification.OwnSystems;
using Npgsql;

namespace Faultline.Lab.OwnSystems;

/// <summary>Reads what a rule of a system of the user's own needs, round the fault proxy.</summary>
/// <remarks>Nobody can ask such a system whether it is done. It is read until the rule holds and nothing changes from one look to the next, or until the time of the rule is over.</remarks>
/// <param name="config">The rule.</param>
/// <param name="drawn">What the seed drew for each operation.</param>
/// <param name="call">What to look at.</param>
internal sealed class InvariantLook(OwnInvariantConfig config, IReadOnlyList<DrawnValue> drawn, LookCall call)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<IReadOnlyList<SystemFact>> ReadAsync(CancellationToken stop)
    {
        long began = call.Time.GetTimestamp();
        var checker = new OwnInvariant(config);
        IReadOnlyList<SystemFact> last = [];
        while (true)
        {
            IReadOnlyList<SystemFact> now = await TryReadAsync(stop);
            Finding finding = checker.Check(new CheckContext { History = call.History, Ledger = new LedgerBuilder().Build(), Facts = now });
            if ((finding.Verdict == Verdict.Passed && Same(last, now)) || call.Time.GetElapsedTime(began) > config.Within) return now;

            last = now;
            await Task.Delay(Pause, call.Time, stop);
        }
    }

    private async Task<IReadOnlyList<SystemFact>> TryReadAsync(CancellationToken stop)
    {
        string prefix = call.Cell is { } cell ? Cells.OperationIdPrefix(cell.Name, call.Run) : "";
        try
        {
            return config switch
            {
                { Http: { } http } when config.Rules.Contains(OwnRules.Holds) => await new HttpProbe(config.Name, http, call, prefix).AnswersAsync(drawn, stop),
                { Http: { } http } => await new HttpProbe(config.Name, http, call, prefix).RowsAsync(config.Rules, stop),
                { Sql: { } sql } => await new SqlProbe(config.Name, sql, call, prefix).RowsAsync(config.Rules, stop),
                _ => [OwnFacts.Unreadable(config.Name, "it has no probe")],
            };
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or NpgsqlException or FormatException or ArgumentException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // It may just be coming back; if it never answers, nobody can judge.
            return [OwnFacts.Unreadable(config.Name, $"its probe failed: {error.Message}")];
        }
    }

    private static bool Same(IReadOnlyList<SystemFact> one, IReadOnlyList<SystemFact> other) =>
        one.Count == other.Count && one.Zip(other).All(pair => pair.First.OperationId == pair.Second.OperationId && pair.First.Value.GetRawText() == pair.Second.Value.GetRawText());
}
