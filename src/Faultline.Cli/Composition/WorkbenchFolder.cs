namespace Faultline.Cli.Composition;

/// <summary>Finds the workbench as it was built.</summary>
internal static class WorkbenchFolder
{
    /// <summary>Names another folder, for whoever works on the workbench itself.</summary>
    public const string Variable = "FAULTLINE_WORKBENCH";

    /// <summary>The folder that the variable names, or <c>workbench</c> beside the program; null when there is none.</summary>
    public static string? Find()
    {
        string folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "workbench");
        return File.Exists(Path.Combine(folder, "index.html")) ? folder : null;
    }
}
