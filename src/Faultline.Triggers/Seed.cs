using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Faultline.Triggers;

/// <summary>The one number that decides every random choice of a run.</summary>
/// <param name="Value">Any 64-bit number.</param>
public readonly record struct Seed(ulong Value)
{
    /// <summary>
    /// The dice for one choice. It is derived from what is decided and not from who asks first: threads may race, choices may not, and a retry draws anew.
    /// </summary>
    /// <param name="fault">Which fault or generator decides.</param>
    /// <param name="operation">The operation or message that it decides about.</param>
    /// <param name="consumer">The service that asks; empty where there is only one.</param>
    /// <param name="attempt">Which attempt, counted from 1.</param>
    public Dice For(string fault, string operation, string consumer = "", int attempt = 1)
    {
        // A separator that no name holds keeps ("ab", "c") apart from ("a", "bc").
        byte[] text = Encoding.UTF8.GetBytes($"{fault}\u001f{operation}\u001f{consumer}");
        byte[] input = new byte[12 + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(input, Value);
        BinaryPrimitives.WriteInt32LittleEndian(input.AsSpan(8), attempt);
        text.CopyTo(input.AsSpan(12));
        return new Dice(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(input)));
    }

    /// <summary>A seed of its own for one part of a run, so that a new part changes no draw of the others.</summary>
    /// <param name="part">The name of the part.</param>
    public Seed Derive(string part) => new(For("derive", part).Next());

    /// <inheritdoc />
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
