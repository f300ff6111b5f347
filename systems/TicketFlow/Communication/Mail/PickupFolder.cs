using Faultline.Messaging.Envelopes;
using TicketFlow.Communication.Data;

namespace TicketFlow.Communication.Mail;

/// <summary>Puts letters into a folder, from which a person or a mail server takes them: each once, because its id is the name of its file.</summary>
internal sealed class PickupFolder(MailOptions options, Ids ids) : IMailer
{
    private readonly string _folder = Path.GetFullPath(options.Pickup ?? throw new ArgumentException("there is no pickup folder", nameof(options)));

    /// <inheritdoc/>
    public async Task<Delivery> SendAsync(Letter letter, CancellationToken stop)
    {
        string file = Path.Combine(_folder, letter.Id + ".eml");
        try
        {
            // A file that is there is the same letter: somebody wrote it and could not note that.
            if (!File.Exists(file)) await WriteAsync(file, EmlWriter.Write(letter, options), stop);
            return Delivery.ToAll(letter);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Delivery.Failed($"The pickup folder {_folder} cannot be written: {error.Message}");
        }
    }

    /// <summary>Whole or not at all: the file gets its name when it is on the disk. Two who write the same letter write the same bytes, so it does not matter whose stay.</summary>
    private async Task WriteAsync(string file, byte[] eml, CancellationToken stop)
    {
        Directory.CreateDirectory(_folder);
        string draft = Path.Combine(_folder, $".{ids.Next():N}.draft");
        try
        {
            await using (var output = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await output.WriteAsync(eml, stop);
                output.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch
        {
            File.Delete(draft); // Half a letter, on a disk that may be full.
            throw;
        }
    }
}
