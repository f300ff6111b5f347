using System.Text.Json;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;

namespace Faultline.Proxy.Control;

/// <summary>Reads the links to begin with from a file: a list as in Toxiproxy's, where each may have toxics and HTTP faults.</summary>
internal static class ConfigFile
{
    /// <exception cref="ProxyException">The file is wrong, or an address in it is taken.</exception>
    public static async Task ApplyAsync(string path, LinkSet links, CancellationToken stop)
    {
        try
        {
            JsonElement json = JsonFields.Read(await File.ReadAllTextAsync(path, stop));
            await links.PopulateAsync(LinkReader.ReadLinks(json), []);
        }
        catch (ProxyException error)
        {
            throw new ProxyException($"The config file '{path}' cannot be used: {error.Message}.", error.Status, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException($"The config file '{path}' cannot be read: {error.Message}", 400, error);
        }
    }
}
