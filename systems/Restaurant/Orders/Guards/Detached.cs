using Faultline.Anomalies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Restaurant.Orders.Guards;

/// <summary>Says what may stop the work for a request: with the <c>detached-work</c> guard only its own limit and the end of the process, without it the caller too.</summary>
internal sealed class Detached(ControlPanel control, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    public Work Begin(HttpContext http)
    {
        var limit = new CancellationTokenSource(Limit, time);
        bool detached = control.IsOn(OrderGuards.DetachedWork);
        return new Work(limit, CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping, detached ? CancellationToken.None : http.RequestAborted));
    }

    internal sealed class Work(CancellationTokenSource limit, CancellationTokenSource either) : IDisposable
    {
        public CancellationToken Stop => either.Token;

        public bool IsOutOfTime => limit.IsCancellationRequested;

        public void Dispose()
        {
            either.Dispose();
            limit.Dispose();
        }
    }
}
