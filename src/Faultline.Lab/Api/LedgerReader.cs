using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Ledger;

namespace Faultline.Lab.Api;

/// <summary>Joins what the databases of a system state about messages.</summary>
internal static class LedgerReader
{
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
