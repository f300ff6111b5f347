using System.Text;

namespace Faultline.Lab.Processes;

/// <summary>Cuts what a process writes into lines of bounded length.</summary>
internal static class LinePump
{
    private const int LineCharsMax = 8_192;

    public static async Task RunAsync(Stream source, Func<string, ValueTask> sink)
    {
        byte[] bytes = new byte[16_384];
        char[] chars = new char[16_384 + 1];
        Decoder decoder = Encoding.UTF8.GetDecoder(); // Keeps the half of a character that a read cut.
        StringBuilder line = new();
        while (await ReadAsync(source, bytes) is var read and > 0)
        {
            int count = decoder.GetChars(bytes, 0, read, chars, 0);
            for (int i = 0; i < count; i++)
            {
                if (chars[i] == '\n')
                {
                    await sink(line.ToString());
                    line.Clear();
                }
                else if (chars[i] != '\r' && line.Length < LineCharsMax)
                {
                    line.Append(chars[i]);
                }
            }
        }

        if (line.Length > 0) await sink(line.ToString());
    }

    private static async ValueTask<int> ReadAsync(Stream source, byte[] buffer)
    {
        try
        {
            return await source.ReadAsync(buffer);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0; // The lab closed its end.
        }
    }
}
