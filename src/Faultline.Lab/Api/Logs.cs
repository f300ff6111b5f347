using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Faultline.Lab.Control;
using Faultline.Lab.Postgres;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>A line of a log.</summary>
/// <param name="Target">The process that wrote it.</param>
/// <param name="Number">Counts the lines of the process from 1, across restarts.</param>
/// <param name="At">When the lab read it.</param>
/// <param name="Text">The line.</param>
public sealed record LogView(string Target, long Number, DateTimeOffset At, string Text);

/// <summary>GET /api/logs/{scope}/{name}: the last lines of a service, an instance or a cluster; with /follow each new line as it comes, as server-sent events.</summary>
internal static class Logs
{
    private const int LinesUsual = 100;
    private const int LinesMax = 500;
    private const int UnreadMax = 1_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/logs/{scope}/{name}", Tail).WithName("ReadLog").WithTags("logs").WithSummary("The last lines of a service (ticketflow/tickets), an instance (ticketflow/tickets-1) or a cluster (postgres/queue)")
            .Produces<IReadOnlyList<LogView>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/logs/{scope}/{name}/follow", Follow).WithName("FollowLog").WithTags("logs").WithSummary("The last lines, and then each new one as it comes, as server-sent events")
            .Produces<LogView>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The processes that a target names; none when it is unknown.</summary>
    public static IReadOnlyList<SupervisedProcess> Find(ControlPlane plane, string target) => Clusters(plane).FirstOrDefault(cluster => cluster.Target == target) is { } cluster
        ? [cluster]
        : plane.Lab.Supervisor.Find(target);

    public static IResult Unknown(ControlPlane plane, string target) => LabProblems.UnknownTarget.With(
        target, string.Join(", ", plane.Lab.Supervisor.Instances.Concat(Clusters(plane)).Select(process => process.Target)));

    private static IEnumerable<SupervisedProcess> Clusters(ControlPlane plane) => new[] { plane.Lab.Services, plane.Lab.Queue }.OfType<PostgresCluster>().Select(cluster => cluster.Process);

    private static IResult Tail(string scope, string name, string? lines, ControlPlane plane) => WithLines(scope, name, lines, plane, (processes, count) =>
        TypedResults.Ok<IReadOnlyList<LogView>>([.. processes.SelectMany(process => process.Log.Tail(count).Select(line => View(process, line))).OrderBy(line => line.At).TakeLast(count)]));

    private static IResult Follow(string scope, string name, string? lines, ControlPlane plane, CancellationToken stop) => WithLines(scope, name, lines, plane, (processes, count) =>
        TypedResults.ServerSentEvents(Merge(processes, count, stop)));

    private static IResult WithLines(string scope, string name, string? lines, ControlPlane plane, Func<IReadOnlyList<SupervisedProcess>, int, IResult> reply)
    {
        if (!Numbers.TryRead(lines, LinesUsual, 0, LinesMax, out int count)) return LabProblems.OutOfRange.With("lines", lines, $"a whole number from 0 to {LinesMax}");

        string target = $"{scope}/{name}";
        return Find(plane, target) is { Count: > 0 } processes ? reply(processes, count) : Unknown(plane, target);
    }

    private static LogView View(SupervisedProcess process, LogLine line) => new(process.Target, line.Number, line.At, line.Text);

    private static async IAsyncEnumerable<SseItem<LogView>> Merge(IReadOnlyList<SupervisedProcess> processes, int lines, [EnumeratorCancellation] CancellationToken stop)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Channel<LogView> merged = Channel.CreateBounded<LogView>(UnreadMax); // A slow reader slows its own copy down; the log itself goes on.
        Task[] copies = [.. processes.Select(process => CopyAsync(process, lines, merged.Writer, gone.Token))];
        Task ended = Task.WhenAll(copies).ContinueWith(_ => merged.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (LogView line in merged.Reader.ReadAllAsync(stop)) yield return new SseItem<LogView>(line, "line") { EventId = $"{line.Target}:{line.Number}" };
        }
        finally
        {
            await gone.CancelAsync();
            await ended;
        }
    }

    private static async Task CopyAsync(SupervisedProcess process, int lines, ChannelWriter<LogView> to, CancellationToken stop)
    {
        await foreach (LogLine line in process.Log.FollowAsync(lines, stop)) await to.WriteAsync(View(process, line), stop);
    }
}
