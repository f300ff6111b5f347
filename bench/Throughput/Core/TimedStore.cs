using System.Data.Common;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;

namespace Faultline.Bench.Throughput.Core;

/// <summary>The store, with a look at the clock right after each commit of a handling has returned: the same moment at which the baseline looks.</summary>
internal sealed class TimedStore(IMessageStore inner, OrdersInHand orders) : IMessageStore
{
    public async ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop) => new TimedUnit(await inner.BeginAsync(transactional, stop), orders);

    public Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop) => inner.ReadOutboxAsync(read, stop);

    public Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop) => inner.DeleteOutboxAsync(ids, stop);

    public Task DeadLetterOutboxAsync(IReadOnlyList<OutboxRow> rows, string reason, CancellationToken stop) => inner.DeadLetterOutboxAsync(rows, reason, stop);

    public Task FireScheduledAsync(ScheduleFire fire, CancellationToken stop) => inner.FireScheduledAsync(fire, stop);

    public Task<IReadOnlyList<ScheduledRow>> ReadScheduleAsync(int rowsMax, CancellationToken stop) => inner.ReadScheduleAsync(rowsMax, stop);

    public Task<Ownership> TakePartitionsAsync(IReadOnlyList<int> partitions, string instance, CancellationToken stop) => inner.TakePartitionsAsync(partitions, instance, stop);

    public Task<IReadOnlyList<ParkedLane>> ReadLanesAsync(IReadOnlyList<int> partitions, CancellationToken stop) => inner.ReadLanesAsync(partitions, stop);

    public Task<int> BeginAloneAsync(Guid messageId, int survived, CancellationToken stop) => inner.BeginAloneAsync(messageId, survived, stop);

    public Task EndAloneAsync(Guid messageId, CancellationToken stop) => inner.EndAloneAsync(messageId, stop);

    public Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop) => inner.ParkAsync(rows, stop);

    public Task<IReadOnlyList<ParkedRow>> ReadParkedAsync(ParkedLane lane, int rowsMax, CancellationToken stop) => inner.ReadParkedAsync(lane, rowsMax, stop);

    public Task ReparkAsync(ParkedRow row, CancellationToken stop) => inner.ReparkAsync(row, stop);

    public Task DeadLetterAsync(DeadLetterRequest letter, CancellationToken stop) => inner.DeadLetterAsync(letter, stop);

    public Task ForgetParkedAsync(Guid messageId, CancellationToken stop) => inner.ForgetParkedAsync(messageId, stop);

    public Task CountInjectedAsync(IReadOnlyList<Envelope> messages, CancellationToken stop) => inner.CountInjectedAsync(messages, stop);

    public Task<int> TrimAsync(TimeSpan olderThan, CancellationToken stop) => inner.TrimAsync(olderThan, stop);

    private sealed class TimedUnit(IStoreUnit inner, OrdersInHand orders) : IStoreUnit
    {
        private IReadOnlyList<HandledMessage> _handled = [];

        public DbConnection? Connection => inner.Connection;

        public DbTransaction? Transaction => inner.Transaction;

        public Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop) => inner.EnterAsync(entry, stop);

        public void Defer(DbBatchCommand command) => inner.Defer(command);

        public Task FlushAsync(UnitFlush flush, CancellationToken stop)
        {
            _handled = flush.Handled;
            return inner.FlushAsync(flush, stop);
        }

        public async Task CommitAsync(CancellationToken stop)
        {
            await inner.CommitAsync(stop);
            orders.Committed(_handled);
        }

        public async Task FlushAndCommitAsync(UnitFlush flush, CancellationToken stop)
        {
            await inner.FlushAndCommitAsync(flush, stop);
            orders.Committed(flush.Handled);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
