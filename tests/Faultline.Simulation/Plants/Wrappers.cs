using System.Data.Common;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;

namespace Faultline.Simulation.Plants;

/// <summary>Passes everything on; a planted bug overrides what it gets wrong.</summary>
internal abstract class StoreWrapper(IMessageStore inner) : IMessageStore
{
    protected IMessageStore Inner { get; } = inner;

    public virtual ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop) => Inner.BeginAsync(transactional, stop);

    public virtual Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop) => Inner.ReadOutboxAsync(read, stop);

    public virtual Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop) => Inner.DeleteOutboxAsync(ids, stop);

    public Task DeadLetterOutboxAsync(IReadOnlyList<OutboxRow> rows, string reason, CancellationToken stop) => Inner.DeadLetterOutboxAsync(rows, reason, stop);

    public Task FireScheduledAsync(ScheduleFire fire, CancellationToken stop) => Inner.FireScheduledAsync(fire, stop);

    public Task<IReadOnlyList<ScheduledRow>> ReadScheduleAsync(int rowsMax, CancellationToken stop) => Inner.ReadScheduleAsync(rowsMax, stop);

    public Task<Ownership> TakePartitionsAsync(IReadOnlyList<int> partitions, string instance, CancellationToken stop) => Inner.TakePartitionsAsync(partitions, instance, stop);

    public Task<IReadOnlyList<ParkedLane>> ReadLanesAsync(IReadOnlyList<int> partitions, CancellationToken stop) => Inner.ReadLanesAsync(partitions, stop);

    public Task<int> BeginAloneAsync(Guid messageId, int survived, CancellationToken stop) => Inner.BeginAloneAsync(messageId, survived, stop);

    public Task EndAloneAsync(Guid messageId, CancellationToken stop) => Inner.EndAloneAsync(messageId, stop);

    public virtual Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop) => Inner.ParkAsync(rows, stop);

    public Task<IReadOnlyList<ParkedRow>> ReadParkedAsync(ParkedLane lane, int rowsMax, CancellationToken stop) => Inner.ReadParkedAsync(lane, rowsMax, stop);

    public Task ReparkAsync(ParkedRow row, CancellationToken stop) => Inner.ReparkAsync(row, stop);

    public Task DeadLetterAsync(DeadLetterRequest letter, CancellationToken stop) => Inner.DeadLetterAsync(letter, stop);

    public Task ForgetParkedAsync(Guid messageId, CancellationToken stop) => Inner.ForgetParkedAsync(messageId, stop);

    public Task CountInjectedAsync(IReadOnlyList<Envelope> messages, CancellationToken stop) => Inner.CountInjectedAsync(messages, stop);

    public Task<int> TrimAsync(TimeSpan olderThan, CancellationToken stop) => Inner.TrimAsync(olderThan, stop);
}

/// <summary>Passes everything of a transaction on.</summary>
internal abstract class UnitWrapper(IStoreUnit inner) : IStoreUnit
{
    public DbConnection? Connection => Inner.Connection;

    public DbTransaction? Transaction => Inner.Transaction;

    protected IStoreUnit Inner { get; } = inner;

    public virtual Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop) => Inner.EnterAsync(entry, stop);

    public void Defer(DbBatchCommand command) => Inner.Defer(command);

    public Task FlushAsync(UnitFlush flush, CancellationToken stop) => Inner.FlushAsync(flush, stop);

    public Task CommitAsync(CancellationToken stop) => Inner.CommitAsync(stop);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}

/// <summary>Passes everything to the broker on.</summary>
internal abstract class TransportWrapper(ITransport inner) : ITransport
{
    public string Name => Inner.Name;

    public TransportTraits Traits => Inner.Traits;

    protected ITransport Inner { get; } = inner;

    public Task DeclareAsync(SystemTopology topology, CancellationToken stop) => Inner.DeclareAsync(topology, stop);

    public virtual Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop) => Inner.SendAsync(batch, stop);

    public Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop) => Inner.SubscribeAsync(service, instance, unsettledMax, stop);

    public Task BroadcastAsync(string service, Envelope message, CancellationToken stop) => Inner.BroadcastAsync(service, message, stop);

    public Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop) => Inner.OpenTemporaryQueueAsync(service, instance, stop);

    public Task<QueueDepth> DepthAsync(string service, CancellationToken stop) => Inner.DepthAsync(service, stop);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
