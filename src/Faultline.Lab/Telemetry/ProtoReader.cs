using System.Buffers.Binary;
using System.Text;

namespace Faultline.Lab.Telemetry;

/// <summary>Bytes that are no message of the protocol.</summary>
internal sealed class MalformedException(string message) : Exception(message);

/// <summary>Reads a message of Protocol Buffers field by field, without copying. What it does not know is skipped, as the format wants it.</summary>
/// <param name="bytes">The message.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private const int VarintWire = 0, Fixed64Wire = 1, BytesWire = 2, Fixed32Wire = 5;
    private const int VarintBytesMax = 10;

    private ReadOnlySpan<byte> _rest = bytes;
    private int _wire;

    /// <summary>The number of the field that was found last.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; the one before must have been read or skipped.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;

        ulong tag = TakeVarint();
        (Field, _wire) = ((int)(tag >> 3), (int)(tag & 7));
        return Field > 0 ? true : throw new MalformedException("a field has the number 0");
    }

    /// <summary>A whole number, or an enumeration.</summary>
    public ulong Varint() => _wire == VarintWire ? TakeVarint() : throw Unexpected();

    /// <summary>A number of eight bytes.</summary>
    public ulong Fixed64() => _wire == Fixed64Wire ? TakeFixed64() : throw Unexpected();

    /// <summary>A floating number of eight bytes.</summary>
    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>A text, bytes, or a message in the message.</summary>
    public ReadOnlySpan<byte> Bytes() => _wire == BytesWire ? Take(Length()) : throw Unexpected();

    /// <summary>A text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Adds numbers of eight bytes, packed or one by one.</summary>
    public void Fixed64s(List<ulong> to)
    {
        if (_wire == Fixed64Wire)
        {
            to.Add(TakeFixed64());
            return;
        }

        ReadOnlySpan<byte> packed = Bytes();
        if (packed.Length % sizeof(ulong) != 0) throw new MalformedException("packed numbers do not fill their bytes");
        for (; !packed.IsEmpty; packed = packed[sizeof(ulong)..]) to.Add(BinaryPrimitives.ReadUInt64LittleEndian(packed));
    }

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        switch (_wire)
        {
            case VarintWire: TakeVarint(); break;
            case Fixed64Wire: Take(sizeof(ulong)); break;
            case BytesWire: Take(Length()); break;
            case Fixed32Wire: Take(sizeof(uint)); break;
            default: throw Unexpected();
        }
    }

    private int Length()
    {
        ulong length = TakeVarint();
        return length <= (ulong)_rest.Length ? (int)length : throw new MalformedException($"a field claims {length} bytes and {_rest.Length} are left");
    }

    private ulong TakeFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw new MalformedException("the message ends in the middle of a field");

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong TakeVarint()
    {
        ulong value = 0;
        for (int index = 0; index < VarintBytesMax && index < _rest.Length; index++)
        {
            byte part = _rest[index];
            value |= (ulong)(part & 0x7f) << (7 * index);
            if (part < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return value;
            }
        }

        throw new MalformedException("a number does not end");
    }

    private readonly MalformedException Unexpected() => new($"field {Field} has the wire type {_wire}, which does not fit");
}
