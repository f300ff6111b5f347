using System.Globalization;
using System.Text;

namespace Faultline.Anomalies;

/// <summary>A kind of mistake in a request to the control endpoints: a row of <see cref="ControlProblems"/>.</summary>
/// <param name="Code">What a program tells it by; never changes.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The mistake in general.</param>
/// <param name="Text">What a person reads, with places for the value it has and what is allowed.</param>
public sealed record ControlProblem(string Code, int Status, string Title, string Text)
{
    private readonly CompositeFormat _format = CompositeFormat.Parse(Text);

    /// <summary>The problem as it happened.</summary>
    /// <param name="field">Which part of the request, as a path; empty for the whole.</param>
    /// <param name="values">What goes into the places of the text.</param>
    public ControlProblemFound At(string field, params object?[] values) => new(this, field, string.Format(CultureInfo.InvariantCulture, _format, values));
}

/// <summary>A mistake that was found in a request.</summary>
/// <param name="Problem">Which kind of mistake.</param>
/// <param name="Field">Which part of the request, as a path; empty for the whole.</param>
/// <param name="Detail">What was wrong, and what is allowed.</param>
public sealed record ControlProblemFound(ControlProblem Problem, string Field, string Detail);

/// <summary>Every mistake that the control endpoints tell about.</summary>
public static class ControlProblems
{
    /// <summary>The body is no JSON object.</summary>
    public static readonly ControlProblem NotAnObject = new("request.not-an-object", 400, "The body is no JSON object", "the body must be a JSON object: {0}");

    /// <summary>A member that does not exist.</summary>
    public static readonly ControlProblem UnknownMember = new("request.unknown-member", 400, "Unknown member", "'{0}' is not known here; allowed are: {1}");

    /// <summary>A value of the wrong JSON type.</summary>
    public static readonly ControlProblem WrongType = new("request.wrong-type", 400, "Wrong type", "{0} is {1}; it must be {2}");

    /// <summary>A value outside of its range.</summary>
    public static readonly ControlProblem OutOfRange = new("request.out-of-range", 400, "Out of range", "{0} is {1}; it must be {2}");

    /// <summary>Something required is absent.</summary>
    public static readonly ControlProblem Missing = new("request.missing", 400, "Missing", "{0} is missing; it must be {1}");

    /// <summary>Another service is named.</summary>
    public static readonly ControlProblem UnknownService = new("anomaly.unknown-service", 400, "Unknown service", "service '{0}' is not here; this is '{1}'");

    /// <summary>No such fault point.</summary>
    public static readonly ControlProblem UnknownPoint = new("anomaly.unknown-point", 400, "Unknown fault point", "service '{0}' has no fault point '{1}'; it has: {2}");

    /// <summary>No such kind.</summary>
    public static readonly ControlProblem UnknownKind = new("anomaly.unknown-kind", 400, "Unknown kind", "there is no kind '{0}'; it must be one of: {1}");

    /// <summary>A kind at a point where it makes no sense.</summary>
    public static readonly ControlProblem Refused = new("anomaly.refused", 400, "The kind makes no sense at this point", "'{0}' is refused at '{1}': {2}. It makes sense at: {3}");

    /// <summary>A message type that does not pass the point.</summary>
    public static readonly ControlProblem UnknownMessageType = new("anomaly.unknown-message-type", 400, "Unknown message type", "no message of type '{0}' passes '{1}' of service '{2}'; those that do: {3}");

    /// <summary>A match on something that the point does not have.</summary>
    public static readonly ControlProblem NothingToMatch = new("anomaly.nothing-to-match", 400, "The point has nothing like that", "match.{0} is given, but at '{1}' {2} pass: it would never match");

    /// <summary>The name of a header that no header can have.</summary>
    public static readonly ControlProblem UnknownHeader = new(
        "anomaly.unknown-header", 400, "Not a header", "'{0}' is no name of a header; it must be 1 to 200 letters, digits or one of !#$%&'*+-.^_`|~");

    /// <summary>A trigger that cannot be.</summary>
    public static readonly ControlProblem BadTrigger = new("anomaly.bad-trigger", 400, "Bad trigger", "{0}");

    /// <summary>It would be over before it begins.</summary>
    public static readonly ControlProblem Expired = new("anomaly.expired", 400, "Over already", "{0} is {1:O}; it must be later than now, which is {2:O}");

    /// <summary>The id belongs to another anomaly.</summary>
    public static readonly ControlProblem IdTaken = new("anomaly.id-taken", 409, "The id is taken", "another anomaly with the id {0} is set ('{1}' at '{2}'); remove it first, or leave the id out");

    /// <summary>No anomaly of that id.</summary>
    public static readonly ControlProblem NoSuchAnomaly = new("anomaly.not-found", 404, "No such anomaly", "no anomaly with the id '{0}' is set; GET /anomalies lists those that are");

    /// <summary>No such guard.</summary>
    public static readonly ControlProblem UnknownGuard = new("guard.unknown", 404, "Unknown guard", "service '{0}' has no guard '{1}'; it has: {2}");

    /// <summary>No token, or a wrong one.</summary>
    public static readonly ControlProblem Unauthorized = new("control.unauthorized", 401, "Not allowed", "the control token is missing or wrong; send it as 'Authorization: Bearer <token>'");

    /// <summary>Asked under a name that is not this machine's own.</summary>
    public static readonly ControlProblem ForeignHost = new("control.foreign-host", 403, "Not allowed under this name", "the Host header is '{0}'; the control endpoints answer to localhost, 127.0.0.1 and [::1] only");

    /// <summary>Asked from a web page of somebody else.</summary>
    public static readonly ControlProblem ForeignOrigin = new("control.foreign-origin", 403, "Not allowed from this page", "the Origin header is '{0}'; the control endpoints answer to pages of localhost, 127.0.0.1 and [::1] only");

    /// <summary>The control store does not answer.</summary>
    public static readonly ControlProblem StoreAway = new("control.store-away", 503, "The control store does not answer", "the database that holds anomalies and guards does not answer; try again: {0}");

    /// <summary>Several mistakes at once.</summary>
    public static readonly ControlProblem Several = new("request.several-problems", 400, "Several problems", "{0} problems: {1}");

    /// <summary>All of them, for the documentation.</summary>
    public static IReadOnlyList<ControlProblem> All { get; } =
    [
        NotAnObject, UnknownMember, WrongType, OutOfRange, Missing, UnknownService, UnknownPoint, UnknownKind, Refused, UnknownMessageType, NothingToMatch,
        UnknownHeader, BadTrigger, Expired, IdTaken, NoSuchAnomaly, UnknownGuard, Unauthorized, ForeignHost, ForeignOrigin, StoreAway, Several,
    ];
}
