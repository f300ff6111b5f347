using Faultline.Hosting;
using Faultline.Hosting.Contracts;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.RabbitMq.Transport;

namespace Faultline.Cli.Composition;

/// <summary>The contracts of a system, and the folder in which they are committed.</summary>
/// <param name="system">The system.</param>
/// <param name="root">The folder of all contracts; each system has one of its own there.</param>
internal sealed class ContractFolder(SystemDefinition system, string root)
{
    private readonly SystemContracts _contracts = SystemContracts.Of(system, [PostgreSqlContract.Instance, RabbitMqContract.Instance]);

    /// <summary>Where the contracts of all systems lie in a repository.</summary>
    public const string Usual = "docs/contracts";

    public string Path { get; } = System.IO.Path.Combine(root, system.Name);

    /// <summary>What would break if the code were shipped as it is.</summary>
    public async Task<IReadOnlyList<string>> BreaksAsync(CancellationToken stop) => _contracts.Breaks(await ReadAsync(stop));

    /// <summary>Which files differ from what the code declares.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(CancellationToken stop) => _contracts.Differences(await ReadAsync(stop));

    /// <summary>Brings the folder to what the code declares.</summary>
    /// <returns>The files that changed.</returns>
    public async Task<IReadOnlyList<string>> RenewAsync(CancellationToken stop)
    {
        IReadOnlyList<string> changed = await DifferencesAsync(stop);
        foreach (string file in changed)
        {
            string path = System.IO.Path.Combine(Path, file);
            if (!_contracts.Files.TryGetValue(file, out string? text))
            {
                File.Delete(path);
                continue;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, stop);
        }

        return changed;
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken stop)
    {
        var files = new Dictionary<string, string>();
        if (!Directory.Exists(Path)) return files;

        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            // Nothing but what could be a contract: whatever else lies there is somebody's own.
            string name = System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/');
            if (name == "topology.md" || name.EndsWith(".asyncapi.json", StringComparison.Ordinal) || (name.StartsWith("messages/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)))
            {
                files[name] = (await File.ReadAllTextAsync(file, stop)).ReplaceLineEndings("\n");
            }
        }

        return files;
    }
}
