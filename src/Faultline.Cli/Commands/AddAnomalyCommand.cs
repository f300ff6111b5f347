using System.CommandLine;
using Faultline.Cli.Output;
using Faultline.Protocol.Faults;

namespace Faultline.Cli.Commands;

/// <summary>Sets an anomaly. What makes sense is decided by the service, which says what is allowed.</summary>
internal static class AddAnomalyCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "As system/service" };
    private static readonly Argument<string> Point = new("point") { Description = "The fault point; 'faultline list' shows them" };
    private static readonly Argument<string> Kind = new("kind") { Description = "delay, exception, hang, crash, drop, swallow, duplicate, reorder, corrupt or storm" };

    private static readonly Option<string?> Instance = new("--instance") { Description = "Fire on this instance only", HelpName = "name" };
    private static readonly Option<int?> DelayMs = new("--delay-ms") { Description = "delay: how long", HelpName = "ms" };
    private static readonly Option<int?> JitterMs = new("--jitter-ms") { Description = "delay: up to so much more or less", HelpName = "ms" };
    private static readonly Option<bool?> Transient = new("--transient") { Description = "exception: whether trying again can help", HelpName = "true|false" };
    private static readonly Option<string?> Message = new("--message") { Description = "exception: its text", HelpName = "text" };
    private static readonly Option<int?> Copies = new("--copies") { Description = "duplicate: how many more times", HelpName = "n" };
    private static readonly Option<int?> Hold = new("--hold") { Description = "reorder: how many later messages go first", HelpName = "n" };
    private static readonly Option<string?> Mode = new("--mode") { Description = "corrupt: truncate, flip or garbage", HelpName = "mode" };
    private static readonly Option<int?> Count = new("--count") { Description = "storm: how many extra messages", HelpName = "n" };
    private static readonly Option<string?> MessageType = new("--type") { Description = "Only messages of this type", HelpName = "type" };
    private static readonly Option<string?> Key = new("--key") { Description = "Only messages of this key", HelpName = "key" };
    private static readonly Option<Guid?> MessageId = new("--id") { Description = "Only this message", HelpName = "id" };
    private static readonly Option<string?> Path = new("--path") { Description = "Only requests of this path; a trailing * matches any rest", HelpName = "path" };
    private static readonly Option<bool> Once = new("--once") { Description = "The first match only" };
    private static readonly Option<long?> Nth = new("--nth") { Description = "The k-th match only", HelpName = "k" };
    private static readonly Option<long?> First = new("--first") { Description = "The first n matches", HelpName = "n" };
    private static readonly Option<long?> Every = new("--every") { Description = "Every k-th match", HelpName = "k" };
    private static readonly Option<double?> Probability = new("--probability") { Description = "Each match with this chance, above 0 and at most 1", HelpName = "p" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Decides every random choice", HelpName = "n" };
    private static readonly Option<double?> ExpiresIn = new("--expires-in") { Description = "Goes away by itself after so many seconds", HelpName = "seconds" };

    public static Verb Create(Screen screen)
    {
        var verb = new Verb(
            "add", "Sets an anomaly on all instances of a service",
            "faultline anomalies add ticketflow/tickets consume.ack.before crash --once",
            "faultline anomalies add ticketflow/translations consume.handle.before delay --delay-ms 2000 --jitter-ms 500",
            "faultline anomalies add ticketflow/inquiries relay.send.after duplicate --every 3 --type InquirySubmitted")
        {
            Service, Point, Kind,
        };
        Option[] options =
        [
            Instance, DelayMs, JitterMs, Transient, Message, Copies, Hold, Mode, Count, MessageType, Key, MessageId, Path, Once, Nth, First, Every, Probability, Seed, ExpiresIn,
        ];
        foreach (Option option in options) verb.Add(option);
        return verb.Does(screen, RunAsync);
    }

    private static async Task RunAsync(CommandContext context)
    {
        Anomaly anomaly = await context.Lab.PostAsync<Anomaly>("/api/anomalies", RequestOf(context, TimeProvider.System), context.Stop);
        if (context.Json) context.Screen.Json(anomaly);
        else context.Screen.Line($"{anomaly.Id} {anomaly.Kind} at {anomaly.Point} of {anomaly.Service}, seed {anomaly.Seed}");
    }

    private static AnomalyRequest RequestOf(CommandContext context, TimeProvider time) => new()
    {
        Service = context.Value(Service),
        Instance = context.Value(Instance),
        Point = context.Value(Point),
        Kind = context.Value(Kind),
        Parameters = new AnomalyParameters
        {
            DelayMs = context.Value(DelayMs),
            JitterMs = context.Value(JitterMs),
            Transient = context.Value(Transient),
            Message = context.Value(Message),
            Copies = context.Value(Copies),
            Hold = context.Value(Hold),
            Mode = context.Value(Mode),
            Count = context.Value(Count),
        },
        Match = new MatchSpec { MessageType = context.Value(MessageType), Key = context.Value(Key), MessageId = context.Value(MessageId), Path = context.Value(Path) },
        Trigger = TriggerOf(context),
        Seed = context.Value(Seed),
        ExpiresAt = context.Value(ExpiresIn) is { } seconds ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : null,
        CreatedBy = $"command line ({Environment.UserName})",
    };

    /// <summary>None is given: it always fires. Two are given: the service refuses, and says why.</summary>
    private static TriggerSpec? TriggerOf(CommandContext context)
    {
        var trigger = new TriggerSpec
        {
            Once = context.Value(Once) ? true : null,
            Nth = context.Value(Nth),
            First = context.Value(First),
            Every = context.Value(Every),
            Probability = context.Value(Probability),
        };
        return trigger == new TriggerSpec() ? null : trigger;
    }
}
