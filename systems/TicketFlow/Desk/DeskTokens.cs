using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Faultline.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace TicketFlow.Desk;

/// <summary>
/// Makes and reads the tokens of people who have signed in: who it is and until when, signed with the key that the services of a system share. A service therefore knows who asks without asking another one.
/// Thread-safe. A token cannot be taken back before its end; signing out makes a browser forget it.
/// </summary>
internal sealed class DeskTokens
{
    /// <summary>How long a token is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    private const int KeyBytesMin = 32;
    private const int TokenCharsMax = 2_000;

    private readonly byte[] _key;
    private readonly TimeProvider _time;

    /// <summary>Takes the key of the system, <c>Faultline:SystemKey</c>.</summary>
    /// <exception cref="ConfigurationException">There is none, or it is too short.</exception>
    public DeskTokens(IConfiguration configuration, TimeProvider time)
    {
        _key = Encoding.UTF8.GetBytes(configuration[$"{ServiceSettings.Section}:{nameof(ServiceSettings.SystemKey)}"] ?? "");
        if (_key.Length < KeyBytesMin) throw new ConfigurationException($"Faultline:SystemKey has {_key.Length} bytes; it must have at least {KeyBytesMin}, and be the same for all services of the system: it signs who is at the desk");
        _time = time;
    }

    private sealed record Claims(Guid Id, string Name, string Email, DeskRole Role, long Until);

    /// <summary>Makes a token.</summary>
    public (string Token, DateTimeOffset Until) Make(DeskPerson person)
    {
        DateTimeOffset until = _time.GetUtcNow() + Lifetime;
        string claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Claims(person.Id, person.Name, person.Email, person.Role, until.ToUnixTimeSeconds())));
        return ($"{claims}.{Base64Url.EncodeToString(SignatureOf(claims))}", until);
    }

    /// <summary>Who a token belongs to; null for one that nobody here has made, or that has ended.</summary>
    public DeskPerson? Read(string? token)
    {
        if (token is null || token.Length > TokenCharsMax || token.Split('.') is not [var claims, var signature]) return null;
        if (!Base64Url.IsValid(claims) || !Base64Url.IsValid(signature) || !CryptographicOperations.FixedTimeEquals(SignatureOf(claims), Base64Url.DecodeFromChars(signature))) return null;

        Claims read = JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(claims))!;
        return read.Until > _time.GetUtcNow().ToUnixTimeSeconds() ? new DeskPerson(read.Id, read.Name, read.Email, read.Role) : null;
    }

    private byte[] SignatureOf(string claims) => HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(claims));
}
