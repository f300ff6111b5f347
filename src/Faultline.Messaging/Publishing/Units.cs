using Faultline.Messaging.Store;

namespace Faultline.Messaging.Publishing;

/// <summary>Runs work that does not come from a message, such as an HTTP request, in a unit of work. Thread-safe.</summary>
public sealed class Units
{
    private readonly IMessageStore _store;
    private readonly Publisher _publisher;
    private readonly Anomalies.ControlPanel _control;
    private readonly MessagingContext _context;

    internal Units(IMessageStore store, Publisher publisher, Anomalies.ControlPanel control, MessagingContext context)
    {
        _store = store;
        _publisher = publisher;
        _control = control;
        _context = context;
    }

    /// <summary>Runs work in one transaction and commits it, with everything that it publishes.</summary>
    /// <typeparam name="TResult">What it answers.</typeparam>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="work">What to do; an exception undoes everything.</param>
    /// <param name="stop">Ends a wait; when the commit was under way its outcome is unknown.</param>
    /// <returns>What the work answered, after the commit.</returns>
    public async Task<TResult> RunAsync<TResult>(Origin origin, Func<UnitOfWork, CancellationToken, Task<TResult>> work, CancellationToken stop)
    {
        await using IStoreUnit unit = await _store.BeginAsync(_control.Guards.Transaction, stop);
        var contents = new UnitContents();
        var unitOfWork = new UnitOfWork(unit, origin, _context, contents);
        TResult result = await work(unitOfWork, stop);
        await unitOfWork.CompleteAsync(stop);
        await _publisher.CommitAsync(unit, contents, [], [], new Committed(), stop);
        return result;
    }
}
