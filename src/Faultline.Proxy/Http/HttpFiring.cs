namespace Faultline.Proxy.Http;

/// <summary>One firing of an HTTP fault, recorded before it acted.</summary>
/// <param name="At">When.</param>
/// <param name="Link">On which link.</param>
/// <param name="Fault">Which fault.</param>
/// <param name="Kind">What it did.</param>
/// <param name="When">Before or after the upstream's work.</param>
/// <param name="Match">Which match it was, counted from 1.</param>
/// <param name="Method">The method of the request.</param>
/// <param name="Path">The path of the request, without its query.</param>
/// <param name="Operation">The operation that the request named in its header, or null.</param>
public sealed record HttpFiring(DateTimeOffset At, string Link, string Fault, string Kind, HttpPhase When, long Match, string Method, string Path, string? Operation);
