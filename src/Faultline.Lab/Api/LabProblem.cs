using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Faultline.Lab.Api;

/// <summary>A kind of mistake that the lab's API tells about: a row of <see cref="LabProblems"/>.</summary>
/// <param name="Code">What a program tells it by; never changes.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The mistake in general.</param>
/// <param name="Text">What a person reads, with places for the value it has and what is allowed.</param>
internal sealed record LabProblem(string Code, int Status, string Title, string Text)
{
    private readonly CompositeFormat _format = CompositeFormat.Parse(Text);

    /// <summary>The problem as it happened, as problem details (RFC 9457).</summary>
    public ProblemHttpResult With(params object?[] values) => TypedResults.Problem(new ProblemDetails
    {
        Type = $"urn:faultline:problem:{Code}",
        Title = Title,
        Status = Status,
        Detail = string.Format(CultureInfo.InvariantCulture, _format, values),
        Extensions = { ["code"] = Code },
    });
}

/// <summary>Every mistake that the lab's API tells about in words of its own; what a service refuses is passed on as it came.</summary>
internal static class LabProblems
{
    public static readonly LabProblem NoRoute = new("request.no-route", 404, "Nothing here", "there is nothing at {0} {1}; /openapi/v1.json lists what there is");

    public static readonly LabProblem WrongMethod = new("request.wrong-method", 405, "Wrong method", "{0} is not possible at {1}; /openapi/v1.json lists what is");

    public static readonly LabProblem Unreadable = new("request.unreadable", 400, "The request cannot be read", "{0}");

    public static readonly LabProblem WrongMediaType = new("request.wrong-media-type", 415, "Wrong media type", "the body's type is '{0}'; it must be application/json");

    public static readonly LabProblem WrongTelemetryType = new("telemetry.wrong-media-type", 415, "Wrong media type", "the body's type is '{0}'; it must be application/x-protobuf (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf)");

    public static readonly LabProblem TelemetryTooLarge = new("telemetry.too-large", 413, "Too much at once", "the body has more than {0} bytes; send smaller batches");

    public static readonly LabProblem TooManyViewers = new("events.too-many-viewers", 503, "Too many viewers", "{0} pages watch this lab already; close some of them");

    public static readonly LabProblem NotAnObject = new("request.not-an-object", 400, "The body is no JSON object", "the body must be a JSON object: {0}");

    public static readonly LabProblem Missing = new("request.missing", 400, "Missing", "{0} is missing; it must be {1}");

    public static readonly LabProblem OutOfRange = new("request.out-of-range", 400, "Out of range", "{0} is '{1}'; it must be {2}");

    public static readonly LabProblem UnknownSystem = new("system.unknown", 404, "Unknown system", "there is no system '{0}'; there are: {1}");

    public static readonly LabProblem UnknownService = new("service.unknown", 404, "Unknown service", "there is no service '{0}'; there are: {1}");

    public static readonly LabProblem UnknownServiceInBody = new("anomaly.unknown-service", 400, "Unknown service", "there is no service '{0}'; it must be one of: {1}");

    public static readonly LabProblem NotRunning = new("service.not-running", 503, "The system does not run", "system '{0}' does not run in this lab at the moment; {1}");

    public static readonly LabProblem OwnService = new("service.own", 409, "A program of the user's own", "{0} is a program of your own, which has no anomalies, guards or messages that the lab could ask for; break its links (toxics, partition) or its process (kill, pause, stop, restart)");

    public static readonly LabProblem ServiceAway = new("service.away", 503, "The service does not answer", "{0}; it may be down, paused or starting: GET /api/status tells, then try again");

    public static readonly LabProblem UnknownTarget = new("target.unknown", 404, "Unknown target", "there is no instance, service or cluster '{0}'; there are: {1}");

    public static readonly LabProblem Refused = new("lab.refused", 409, "Not possible now", "{0}");

    public static readonly LabProblem NoSuchAnomaly = new("anomaly.not-found", 404, "No such anomaly", "no anomaly with the id '{0}' is set on any service; GET /api/anomalies lists those that are");

    public static readonly LabProblem NoSuchLinkFault = new("links.no-fault", 404, "No such fault", "no link has a fault '{0}'; there are: {1}");

    public static readonly LabProblem NoSuchDeadLetter = new("deadletters.not-found", 404, "No such dead letter", "service '{0}' has no dead letter {1} among its newest 1000; its list has: {2}");

    public static readonly LabProblem NoJourney = new("journey.not-found", 404, "No such message or operation", "no service knows a message, operation or key '{0}'; ids are shown by the services' logs, dead letters and firings");

    public static readonly LabProblem AppUnreachable = new("app.unreachable", 502, "The service is not reached", "{0} is not reached over its link: {1}");

    public static readonly LabProblem AppSilent = new("app.silent", 504, "The service does not answer", "{0} has not answered within {1} s");

    public static readonly LabProblem UnknownScenario = new("scenario.unknown", 404, "Unknown scenario", "there is no scenario '{0}'; there are: {1}");

    public static readonly LabProblem NoReplay = new("deadletters.cannot-replay", 409, "It cannot be put back", "{0}");

    public static readonly LabProblem UnknownReport = new("report.unknown", 404, "Unknown report", "there is no report '{0}' below .faultline/reports; GET /api/reports lists those that are");

    public static readonly LabProblem NoReportFile = new("report.no-file", 404, "No such file", "report {0} has no '{1}'; it has: {2}");

    public static readonly LabProblem UnknownExperimentFile = new("experiment.no-file", 404, "No such file", "there is no experiment file '{0}'; GET /api/experiments lists those that are");

    public static readonly LabProblem WrongRun = new("run.wrong", 400, "This cannot be run", "{0}");

    public static readonly LabProblem UnknownRun = new("run.unknown", 404, "Unknown run", "there is no run '{0}' in this lab; there are: {1}");

    public static readonly LabProblem NoRunFile = new("run.no-file", 404, "No such file", "run {0} has no '{1}'; it has: {2}");

    public static readonly LabProblem RunUnderWay = new("run.under-way", 409, "Another run is under way", "{0}");

    public static readonly LabProblem SetByHand = new("run.set-by-hand", 409, "A run would undo what somebody has set", "{0}");

    public static readonly LabProblem NotReady = new("run.not-ready", 409, "The lab does not run yet, or no longer", "{0}");

    public static readonly LabProblem ForeignHost = new("lab.foreign-host", 403, "Not allowed under this name", "the Host header is '{0}'; the lab answers to localhost, 127.0.0.1 and [::1] only");

    public static readonly LabProblem ForeignOrigin = new("lab.foreign-origin", 403, "Not allowed from this page", "the request comes from a page of '{0}'; the lab answers to pages of its own only");

    public static readonly LabProblem Unauthorized = new("lab.unauthorized", 401, "Not allowed", "the lab's token is missing or wrong; send it as 'Authorization: Bearer <token>'");

    public static readonly LabProblem Failed = new("lab.failed", 500, "The lab failed", "the lab failed at this request ({0}); start it with --verbose to see more");
}
