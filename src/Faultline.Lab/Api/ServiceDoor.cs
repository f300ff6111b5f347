using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Http;

namespace Faultline.Lab.Api;

/// <summary>What all endpoints have in common that ask services: a limit on the wait, and a word on those that do not answer.</summary>
internal sealed class ServiceDoor(ControlPlane plane)
{
    internal static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Names services that did not answer a question to all of them.</summary>
    public const string UnansweredHeader = "Faultline-Unanswered";

    public ControlPlane Plane { get; } = plane;

    /// <summary>All services of this build, as <c>system/service</c>.</summary>
    public IEnumerable<string> Services => Plane.Known.SelectMany(spec => spec.Services).Select(service => service.Service);

    public IEnumerable<ServiceClient> Clients => Plane.Running.SelectMany(system => system.Clients.Values);

    /// <summary>Passes a request on to a service, and its answer back, as they are.</summary>
    public async Task<IResult> ForwardAsync(string service, HttpMethod method, string path, byte[]? json, CancellationToken stop)
    {
        if (Find(service, out ServiceClient? client) is { } problem) return problem;

        try
        {
            return ResultOf(await LimitedAsync(limited => client!.ForwardAsync(method, path, json, limited), stop));
        }
        catch (LabException away)
        {
            return Away(away);
        }
    }

    /// <summary>Asks a service; what it refuses and what does not answer become problems.</summary>
    public async Task<IResult> AskAsync(string service, Func<ServiceClient, CancellationToken, Task<IResult>> ask, CancellationToken stop)
    {
        if (Find(service, out ServiceClient? client) is { } problem) return problem;

        try
        {
            return await LimitedAsync(limited => ask(client!, limited), stop);
        }
        catch (LabException away)
        {
            return Away(away);
        }
    }

    /// <summary>Asks all services at once. Those that do not answer are named in a header, and do not keep the others from being heard.</summary>
    public async Task<IReadOnlyList<T>> AskAllAsync<T>(HttpContext http, Func<ServiceClient, CancellationToken, Task<IReadOnlyList<T>>> ask)
    {
        (string Service, IReadOnlyList<T>? Answer)[] answers = await Task.WhenAll(Clients.Select(async client => (client.Service, await TryAsync(limited => ask(client, limited), AnswerLimit, http.RequestAborted))));
        string[] unanswered = [.. answers.Where(answer => answer.Answer is null).Select(answer => answer.Service)];
        if (unanswered.Length > 0) http.Response.Headers[UnansweredHeader] = string.Join(", ", unanswered);
        return [.. answers.SelectMany(answer => answer.Answer ?? [])];
    }

    /// <summary>Null when the service does not answer within the limit, or refuses.</summary>
    public async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan limit, CancellationToken stop)
        where T : class
    {
        try
        {
            return await LimitedAsync(ask, stop, limit);
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    public static IResult ResultOf(ServiceReply reply) => reply.Body.Length == 0 ? Results.StatusCode(reply.Status) : new RawReply(reply);

    public static IResult Away(LabException away) => LabProblems.ServiceAway.With(away.Message.TrimEnd('.'));

    private IResult? Find(string service, out ServiceClient? client)
    {
        client = Plane.FindClient(service);
        if (client is not null) return null;

        if (!Services.Contains(service)) return LabProblems.UnknownService.With(service, string.Join(", ", Services));

        string system = service[..service.IndexOf('/')];
        if (Plane.Known.SelectMany(spec => spec.Services).First(known => known.Service == service).IsOwn) return LabProblems.OwnService.With(service);
        return LabProblems.NotRunning.With(system, Plane.Phase == LabPhase.Starting ? "it is being started" : $"start it with 'faultline up {system}'");
    }

    private async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken stop, TimeSpan? limit = null)
    {
        using CancellationTokenSource timeout = new(limit ?? AnswerLimit, Plane.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new LabException($"The service did not answer within {(limit ?? AnswerLimit).TotalSeconds:0.#} s.", late);
        }
    }

    /// <summary>An answer of a service, byte for byte.</summary>
    private sealed class RawReply(ServiceReply reply) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = reply.Status;
            httpContext.Response.ContentType = reply.ContentType;
            httpContext.Response.ContentLength = reply.Body.Length;
            return httpContext.Response.Body.WriteAsync(reply.Body, httpContext.RequestAborted).AsTask();
        }
    }
}
