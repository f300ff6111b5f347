using System.Text;

namespace Faultline.Lab.Instances;

/// <summary>Small files that are replaced whole, so that a reader finds the old content or the new one.</summary>
internal static class SafeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file that only its owner may read (0600 from its first byte on).</summary>
    public static async Task WriteSecretAsync(string path, string text, CancellationToken stop)
    {
        string draft = path + ".draft";
        File.Delete(draft);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using (FileStream file = new(draft, options))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Writes a file that survives a crash of the machine as well.</summary>
    public static void WriteDurably(string path, ReadOnlySpan<byte> bytes)
    {
        string draft = path + ".draft";
        using (FileStream file = new(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
