using System.Text.Json;

namespace Faultline.Lab.Api;

/// <summary>What can be set on a service, and nothing that it would refuse.</summary>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Points">Its fault points.</param>
/// <param name="Kinds">The kinds, with what can be set.</param>
public sealed record ServicePointsView(string Service, IReadOnlyList<ServicePointView> Points, IReadOnlyList<ServiceKindView> Kinds);

/// <summary>A fault point of a service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Says">What has happened so far when it is reached.</param>
/// <param name="MessageTypes">The types of messages that pass it; none where HTTP requests do.</param>
/// <param name="Kinds">The kinds that make sense here.</param>
public sealed record ServicePointView(string Name, string Says, IReadOnlyList<string> MessageTypes, IReadOnlyList<ServicePointKind> Kinds);

/// <summary>A kind at a point of a service.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Effect">What it may cause: survivable, loses or deadLetters.</param>
/// <param name="Guards">The guards that make it survivable.</param>
public sealed record ServicePointKind(string Name, string Effect, IReadOnlyList<string> Guards);

/// <summary>A kind as a service describes it.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Says">What happens.</param>
/// <param name="Parameters">What can be set.</param>
public sealed record ServiceKindView(string Name, string Says, IReadOnlyList<ServiceKindParameter> Parameters);

/// <summary>A parameter of a kind as a service describes it.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="Type">whole, bool or text.</param>
/// <param name="Says">What it does.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Min">The smallest value, or the shortest text.</param>
/// <param name="Max">The largest value, or the longest text.</param>
/// <param name="Default">What it is when left out; null for nothing.</param>
/// <param name="OneOf">The only values; null for any.</param>
/// <param name="AtMost">The parameter that it may not exceed; null for none.</param>
public sealed record ServiceKindParameter(string Name, string Type, string Says, bool Required, int Min, int Max, JsonElement? Default, IReadOnlyList<string>? OneOf, string? AtMost);
