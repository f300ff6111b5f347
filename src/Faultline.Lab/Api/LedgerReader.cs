using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Ledger;

namespace Faultline.Lab.Api;

/// <summary>Joins what the databases of a system state about messages.</summary>
internal static class LedgerReader
{
    /// <summary>Rows of the audit of each service that are looked at for what is recent.</summary>
    private const long RecentRowsMax = 3_000;

    /// <summary>The newest part, and since when it is whole: what began earlier may lack rows. Null when that is everything.</summary>
    public static async Task<(MessageLedger Ledger, DateTime? Since)> ReadRecentAsync(LabSystem system, CancellationToken stop)
    {
        var builder = new LedgerBuilder();
        DateTime? since = null;
        foreach (Route route in system.Spec.Routes) builder.Add(route);
        foreach (ServiceClient client in system.Clients.Values)
        {
            MessagingState state = await client.StateAsync(stop);
            long after = Math.Max(0, state.AuditPosition - RecentRowsMax);
            DateTime? oldest = null;
            builder.Add(state);
            await foreach (LedgerRow row in client.LedgerAsync(after, stop))
            {
                builder.Add(row);
                if (row.Position > after && (oldest is null || row.At.UtcDateTime < oldest)) oldest = row.At.UtcDateTime;
            }

            // Of services with much to tell less time is seen; only what all of them show is whole.
            if (after > 0 && oldest is { } from && (since is null || from > since)) since = from;
            foreach (Firing firing in await client.FiringsAsync(after: 0, stop)) builder.Add(firing);
        }

        return (builder.Build(), since);
    }

    public static async Task<MessageLedger> ReadAsync(LabSystem system, CancellationToken stop)
    {
        var builder = new LedgerBuilder();
        foreach (Route route in system.Spec.Routes) builder.Add(route);
        foreach (ServiceClient client in system.Clients.Values)
        {
            // The queue first: what is in it now and is handled while the rows are read must not count as missing.
            builder.Add(await client.StateAsync(stop));
            await foreach (LedgerRow row in client.LedgerAsync(0, stop)) builder.Add(row);
            foreach (Firing firing in await client.FiringsAsync(after: 0, stop)) builder.Add(firing);
        }

        return builder.Build();
    }
}
