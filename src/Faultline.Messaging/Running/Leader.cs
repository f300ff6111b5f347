using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Outbox;
using Faultline.Messaging.Scheduling;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Running;

/// <summary>Stands for election, and runs the relay and the schedule while elected.</summary>
internal sealed class Leader(
    ILeaderElection election, IMessageStore store, ITransport transport, FaultPipeline faults, ControlPanel control, WorkSignals signals, Ids ids, MessagingOptions options, TimeProvider time, ILogger log)
{
    /// <summary>How long a standby waits between two attempts.</summary>
    private static readonly TimeSpan StandbyPause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until stopped.</summary>
    /// <param name="stop">The end of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using ILeaderTerm? term = await election.TryLeadAsync(options.Instance, stop);
                if (term is not null) await LeadAsync(term, stop);
            }
            catch (StoreException error)
            {
                MessagingLog.RelayStoreAway(log, error.Message);
            }

            await Task.Delay(StandbyPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadAsync(ILeaderTerm term, CancellationToken stop)
    {
        MessagingLog.Leads(log, options.Instance);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(term.Over, stop);
        var relay = new RelayRunner(store, transport, faults, control, ids, options.Relay, time, log);
        var schedule = new ScheduleRunner(store, faults, signals, time, log);
        signals.Lead(relay.Wake, schedule.Wake);
        try
        {
            Task relaying = RunOneAsync(relay.RunAsync, over);
            Task scheduling = RunOneAsync(schedule.RunAsync, over);
            while (!over.IsCancellationRequested)
            {
                await term.WaitForWorkAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
                relay.Wake();
                schedule.Wake();
            }

            await Task.WhenAll(relaying, scheduling);
        }
        finally
        {
            signals.Resign();
            MessagingLog.LeadsNoMore(log, options.Instance);
        }
    }

    /// <summary>One that ends takes the other along: a new term starts both.</summary>
    private static async Task RunOneAsync(Func<CancellationToken, Task> run, CancellationTokenSource over)
    {
        try
        {
            await run(over.Token);
        }
        finally
        {
            over.Cancel();
        }
    }
}
