using System.Security.Cryptography;
using System.Text;

namespace Faultline.Lab.Postgres;

/// <summary>What PostgreSQL stores of a password (RFC 5803). Computed here, so that no statement, and no log of statements, ever holds a password.</summary>
internal static class ScramVerifier
{
    public static string Create(string password, int iterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
        byte[] stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        byte[] server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
