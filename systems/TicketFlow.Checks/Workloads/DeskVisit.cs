using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>A step of an operation did not go as it should.</summary>
/// <param name="answer">What was answered.</param>
/// <param name="step">Which step.</param>
internal sealed class StepException(string step, Answer answer) : Exception($"{step}: {answer.Problem}{(answer.Text("detail") is { Length: > 0 } detail ? $", {detail}" : "")}")
{
    /// <summary>Whether it was refused; otherwise nothing certain is known of it.</summary>
    public bool IsRefused { get; } = answer.Status != 0;
}

/// <summary>What an operation says of itself that ended in the middle.</summary>
/// <param name="Refused">The step that was refused, and how; null when the operation ran out of time.</param>
internal sealed record EndedEarly(string? Refused);

/// <summary>Tokens of people who have signed in: a person signs in once, and again when the desk does not know the token any more. Thread-safe.</summary>
internal sealed class DeskTokens
{
    private const int KeptMax = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Address, string Email), string> _tokens = [];

    public string? Find(Uri address, string email)
    {
        lock (_gate) return _tokens.GetValueOrDefault((address.Authority, email));
    }

    public void Keep(Uri address, string email, string token)
    {
        lock (_gate)
        {
            if (_tokens.Count >= KeptMax) _tokens.Clear();
            _tokens[(address.Authority, email)] = token;
        }
    }
}

/// <summary>What the desk and a customer do in one operation. For one caller at a time, but for what it says of itself.</summary>
internal sealed class DeskVisit(WorkloadCall call, DeskTokens tokens)
{
    public const string Tickets = "ticketflow/tickets";

    /// <summary>The people of the sample desk.</summary>
    public static IReadOnlyList<string> Supervisors { get; } = ["ruth.okafor@desk.example", "hans.lindqvist@desk.example"];

    public static IReadOnlyList<string> Agents { get; } = ["ana.prieto@desk.example", "tomasz.baran@desk.example", "mei.tanaka@desk.example", "omar.haddad@desk.example", "lucy.brennan@desk.example", "pavel.marek@desk.example"];

    /// <summary>How long the life of one ticket may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private const string Password = "ticketflow";
    private static readonly TimeSpan LookPauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookPauseMax = TimeSpan.FromMilliseconds(800);

    private readonly Asking _asking = new(call);

    public int Attempts => _asking.Attempts;

    /// <summary>The ticket; known once the customer has written.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The unguessable part of the customer's link.</summary>
    public string Link { get; private set; } = "";

    /// <summary>The version of the ticket that was seen last.</summary>
    public int Version { get; private set; }

    /// <summary>The customer writes.</summary>
    public async Task SubmitAsync(byte[] body, CancellationToken stop)
    {
        Answer answer = await _asking.AskAsync(new Wish(HttpMethod.Post, Submission.Service, "/inquiries") { Body = body, Key = call.OperationId }, stop);
        Take("submit", answer);
        Id = answer.Text("id");
        Link = answer.Text("statusLink").Split('/')[^1];
    }

    /// <summary>Somebody of the desk does something to the ticket as it was seen last.</summary>
    public async Task<Answer> ActAsync(string email, string verb, object body, CancellationToken stop, bool isSeen = true, string? key = null)
    {
        Answer answer = await TryAsync(email, verb, body, key ?? verb, isSeen ? Version : null, stop);
        Take(verb, answer);
        if (answer.Body is { } done && done.TryGetProperty("version", out JsonElement version)) Version = version.GetInt32();
        return answer;
    }

    /// <summary>The same, but a refusal is an answer as good as another. Safe to run twice at once.</summary>
    public async Task<Answer> TryAsync(string email, string verb, object body, string key, int? seen, CancellationToken stop)
    {
        Answer answer = default;
        for (int turn = 0; turn < 2; turn++)
        {
            answer = await _asking.AskAsync(Wish.Post(Tickets, $"/tickets/{Id}/{verb}", body, $"{call.OperationId}-{key}") with { Token = await TokenAsync(email, isFresh: turn > 0, stop), Seen = seen }, stop);
            if (answer.Status != 401) break;
        }

        return answer;
    }

    /// <summary>Looks at the ticket until it is as wanted.</summary>
    public async Task<JsonElement> SeeAsync(string email, Func<JsonElement, bool> isWanted, CancellationToken stop)
    {
        bool isFresh = false;
        for (TimeSpan pause = LookPauseMin; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LookPauseMax.Ticks)))
        {
            Answer answer = await _asking.AskAsync(new Wish(HttpMethod.Get, Tickets, $"/tickets/{Id}") { Token = await TokenAsync(email, isFresh, stop) }, stop);
            isFresh = answer.Status == 401;
            if (answer is { IsDone: true, Body: { } ticket } && isWanted(ticket))
            {
                Version = ticket.GetProperty("version").GetInt32();
                return ticket;
            }

            // There is no ticket yet, or it is not so far: what is on its way takes its time.
            if (answer.Status is 0 or (>= 400 and not (401 or 404)) || !_asking.HasTime) throw new StepException("see the ticket", answer.Status is 0 or >= 400 and not (401 or 404) ? answer : new Answer(0, answer.Body, "the ticket did not come so far in time"));
            await Task.Delay(pause, call.Time, stop);
        }
    }

    /// <summary>The customer writes more.</summary>
    public async Task<string> ReplyAsync(string text, CancellationToken stop)
    {
        Answer answer = await _asking.AskAsync(Wish.Post(Submission.Service, $"/inquiries/{Id}/{Link}/replies", new { text }, $"{call.OperationId}-customer"), stop);
        Take("reply of the customer", answer);
        return answer.Text("replyId");
    }

    /// <summary>Who a person is, as the desk says.</summary>
    public async Task<string> PersonAsync(string email, CancellationToken stop)
    {
        Answer answer = await _asking.AskAsync(new Wish(HttpMethod.Get, Tickets, "/me") { Token = await TokenAsync(email, isFresh: false, stop) }, stop);
        if (answer.IsDone && answer.Text("id").Length == 0) answer = await _asking.AskAsync(new Wish(HttpMethod.Get, Tickets, "/me") { Token = await TokenAsync(email, isFresh: true, stop) }, stop);
        Take("me", answer);
        return answer.Text("id");
    }

    /// <summary>Whether the customer's link leads to the inquiry: not when it was a sample that is removed.</summary>
    public async Task<bool> IsThereAsync(CancellationToken stop)
    {
        Answer answer = await _asking.AskAsync(new Wish(HttpMethod.Get, Submission.Service, $"/inquiries/{Id}/{Link}"), stop);
        if (answer.Status != 404) Take("read the inquiry", answer);
        return answer.IsDone;
    }

    /// <summary>A supervisor removes all sample data; how many inquiries it were.</summary>
    public async Task<int> RemoveSamplesAsync(string email, CancellationToken stop)
    {
        Answer answer = await _asking.AskAsync(Wish.Post(Submission.Service, "/samples/removal", new { }, call.OperationId) with { Token = await TokenAsync(email, isFresh: true, stop) }, stop);
        Take("remove the samples", answer);
        return answer.Body!.Value.GetProperty("removed").GetInt32();
    }

    /// <summary>Runs the steps of an operation: it ends well, or as the first step does that does not.</summary>
    public async Task<OperationEnd> RunAsync(Func<Task<object>> steps)
    {
        try
        {
            object said = await steps();
            return new OperationEnd(Outcome.Ok, Attempts, Id, JsonSerializer.SerializeToElement(said, JsonSerializerOptions.Web));
        }
        catch (StepException step)
        {
            // What came before this step is done; only an operation that was refused at its first step has certainly not happened.
            bool isDone = Id.Length > 0;
            return new OperationEnd(step.IsRefused && !isDone ? Outcome.Failed : Outcome.Unknown, Attempts, isDone ? Id : null, JsonSerializer.SerializeToElement(new EndedEarly(step.IsRefused ? step.Message : null), JsonSerializerOptions.Web), step.Message);
        }
    }

    private async Task<string> TokenAsync(string email, bool isFresh, CancellationToken stop)
    {
        Uri address = call.AddressOf(Tickets);
        if (!isFresh && tokens.Find(address, email) is { } known) return known;

        Answer answer = await _asking.AskAsync(Wish.Post(Tickets, "/sign-in", new { email, password = Password }, $"{call.OperationId}-sign-in"), stop);
        Take("sign in", answer);
        tokens.Keep(address, email, answer.Text("token"));
        return answer.Text("token");
    }

    private static void Take(string step, Answer answer)
    {
        if (!answer.IsDone) throw new StepException(step, answer);
    }
}
