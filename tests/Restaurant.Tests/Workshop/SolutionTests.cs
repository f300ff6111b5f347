using System.Diagnostics;

namespace Restaurant.Tests.Workshop;

public sealed class SolutionTests : IDisposable
{
    private const string Patch = "/usr/bin/patch";
    private readonly string _orders = Directory.CreateTempSubdirectory("faultline-steps-").FullName;

    public void Dispose() => Directory.Delete(_orders, recursive: true);

    [Fact]
    public void The_steps_lead_from_the_naive_Orders_to_the_solution()
    {
        Assert.SkipUnless(File.Exists(Patch), "the steps are patches, and 'patch' is not installed");
        string root = RepositoryRoot();
        string solution = Path.Combine(root, "docs/workshop/solution");
        foreach (string file in Directory.GetFiles(Path.Combine(root, "systems/Restaurant/workshop/Orders"))) File.Copy(file, Path.Combine(_orders, Path.GetFileName(file)));

        foreach (string step in Directory.GetFiles(Path.Combine(solution, "steps"), "*.patch").Order(StringComparer.Ordinal)) Apply(step);

        string[] files = [.. Directory.GetFiles(Path.Combine(solution, "Orders")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Directory.GetFiles(_orders).Select(file => Path.GetFileName(file)).Where(name => name != "README.md").Order(StringComparer.Ordinal).ShouldBe(files);
        foreach (string name in files) File.ReadAllText(Path.Combine(_orders, name)).ShouldBe(File.ReadAllText(Path.Combine(solution, "Orders", name)), name);
    }

    private void Apply(string step)
    {
        using Process process = Process.Start(Patch, ["-s", "-d", _orders, "-p1", "-i", step]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, step);
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }
}
