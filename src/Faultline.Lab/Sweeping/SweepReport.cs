namespace Faultline.Lab.Sweeping;

/// <summary>What a sweep found of labs that ended without cleaning up.</summary>
/// <param name="ProcessesEnded">How many processes were ended.</param>
/// <param name="FoldersDeleted">The folders of runs that were deleted.</param>
/// <param name="Problems">What could not be cleaned, one sentence each.</param>
public sealed record SweepReport(int ProcessesEnded, IReadOnlyList<string> FoldersDeleted, IReadOnlyList<string> Problems);
