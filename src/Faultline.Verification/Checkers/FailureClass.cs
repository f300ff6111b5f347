namespace Faultline.Verification.Checkers;

/// <summary>What a violation comes from, in the words of whoever has to heal it. Several ways of breaking several rules may come from one thing that is missing.</summary>
/// <param name="Name">Its name, for example <c>idempotency</c>.</param>
/// <param name="Says">What is missing, as a sentence without a full stop.</param>
public sealed record FailureClass(string Name, string Says);
