using System.Text.Json;
using Faultline.Protocol;

namespace Faultline.Verification.Scenarios;

/// <summary>The guard that a scenario shows.</summary>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Name">The guard.</param>
public sealed record ScenarioGuard(string Service, string Name);

/// <summary>What a step asks of the lab.</summary>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Path">The path at the lab, with places such as <c>{play}</c>.</param>
public sealed record ScenarioRequest(string Method, string Path)
{
    /// <summary>Headers, with places.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The JSON body, with places in its texts; null for none.</summary>
    public JsonElement? Body { get; init; }
}

/// <summary>A step of a scenario.</summary>
/// <param name="Id">Names it in the scenario.</param>
/// <param name="Title">What is done, in a few words.</param>
/// <param name="Says">What happens and why, in a sentence.</param>
public sealed record ScenarioStep(string Id, string Title, string Says)
{
    /// <summary>Only with the guard (<c>guarded</c>) or only without it (<c>unguarded</c>); null for both.</summary>
    public string? Only { get; init; }

    /// <summary>What is asked of the lab; null for a step in which somebody looks.</summary>
    public ScenarioRequest? Request { get; init; }

    /// <summary>Whether a broken connection or a status of 500 and above belongs to the story: then the same request is sent again after a second, with the same headers, at most 20 times.</summary>
    public bool MayFail { get; init; }

    /// <summary>What later steps need of the reply: the name of a place, and the member of the JSON reply that fills it.</summary>
    public IReadOnlyDictionary<string, string> Saves { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A story that shows in a few minutes what a fault does and what a guard earns: data, which whoever plays it turns into requests. In paths, headers and texts <c>{play}</c> stands for an id that is
/// drawn for the play (a UUID), and every other place for what an earlier step has saved.
/// </summary>
public sealed record Scenario
{
    /// <summary>Names it, also in links: lower case letters, digits and dashes.</summary>
    public required string Id { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>What it is about, in two or three sentences.</summary>
    public required string Story { get; init; }

    /// <summary>What will be broken, in one sentence.</summary>
    public required string Breaks { get; init; }

    /// <summary>What to watch.</summary>
    public required IReadOnlyList<string> Watch { get; init; }

    /// <summary>What happens with the guard.</summary>
    public required string Guarded { get; init; }

    /// <summary>What happens without it.</summary>
    public required string Unguarded { get; init; }

    /// <summary>The guard that helps.</summary>
    public required ScenarioGuard Guard { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<ScenarioStep> Steps { get; init; }
}

/// <summary>Steps that stories have in common.</summary>
public static class ScenarioSteps
{
    /// <summary>The two ways to play a scenario.</summary>
    public const string OnlyGuarded = "guarded", OnlyUnguarded = "unguarded";

    /// <summary>Switches the guard as the play wants it: two steps, of which one is played.</summary>
    /// <param name="guard">Which.</param>
    public static IReadOnlyList<ScenarioStep> Switch(ScenarioGuard guard) =>
    [
        new("guard-on", $"{guard.Name} is on", $"The guard '{guard.Name}' of {guard.Service} protects.") { Only = OnlyGuarded, Request = Guard(guard, on: true) },
        new("guard-off", $"{guard.Name} is switched off", $"{guard.Service} now makes the mistake that is common in practice.") { Only = OnlyUnguarded, Request = Guard(guard, on: false) },
    ];

    /// <summary>Sets an anomaly and saves its id as <c>{anomaly}</c>.</summary>
    /// <param name="title">What is set.</param>
    /// <param name="says">What it does.</param>
    /// <param name="anomaly">The request to the lab.</param>
    public static ScenarioStep Break(string title, string says, object anomaly) => new("break", title, says)
    {
        Request = new ScenarioRequest("POST", "/api/anomalies") { Body = Json(anomaly) },
        Saves = new Dictionary<string, string> { ["anomaly"] = "id" },
    };

    /// <summary>Takes the anomaly away and switches the guard on: the system is as it was.</summary>
    /// <param name="guard">Which.</param>
    public static IReadOnlyList<ScenarioStep> PutBack(ScenarioGuard guard) =>
    [
        new("mend", "The fault is taken away", "What was set for this story is removed.") { Request = new ScenarioRequest("DELETE", "/api/anomalies/{anomaly}") },
        new("guard-back", $"{guard.Name} is on again", "The system is as it was before.") { Only = OnlyUnguarded, Request = Guard(guard, on: true) },
    ];

    /// <summary>An object as the body of a request.</summary>
    /// <param name="body">The object.</param>
    public static JsonElement Json(object body) => JsonSerializer.SerializeToElement(body, ProtocolJson.Options);

    private static ScenarioRequest Guard(ScenarioGuard guard, bool on) => new("PUT", $"/api/services/{guard.Service}/guards/{guard.Name}") { Body = Json(new { on }) };
}
