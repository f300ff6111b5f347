using System.Buffers;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Http;

/// <summary>Passes the parts of a body on to one side, changed as the plan says: cut, slowed down, or replaced by garbage. The framing stays valid up to a cut.</summary>
internal sealed class HttpBodyPort(ToxicStream target, HttpPlan plan, long? length, TimeProvider time, CancellationToken ended)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private long _left = plan.CutAfterBytes switch
    {
        null => long.MaxValue,
        >= 0 => plan.CutAfterBytes.Value,
        _ => length is { } known ? known / 2 : 1,
    };

    /// <summary>Whether the message was cut: nothing may follow.</summary>
    public bool IsCut { get; private set; }

    public async ValueTask PassAsync(ReadOnlyMemory<byte> part, bool isContent)
    {
        if (IsCut) return;
        if (!isContent)
        {
            await target.WriteAsync(part);
            return;
        }

        if (part.Length > _left || (plan.CutAfterBytes is not null && part.Length == _left))
        {
            part = part[..(int)_left];
            IsCut = true;
        }

        _left -= part.Length;
        if (plan.Garbage is null) await TrickleAsync(part);
        else await ReplaceAsync(part);
    }

    private async ValueTask ReplaceAsync(ReadOnlyMemory<byte> part)
    {
        byte[] garbage = ArrayPool<byte>.Shared.Rent(part.Length);
        try
        {
            for (int index = 0; index < part.Length; index++) garbage[index] = (byte)plan.Garbage!.Below(byte.MaxValue + 1);
            await TrickleAsync(garbage.AsMemory(0, part.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(garbage);
        }
    }

    private async ValueTask TrickleAsync(ReadOnlyMemory<byte> part)
    {
        if (plan.BytesPerSecond is not { } rate)
        {
            await target.WriteAsync(part);
            return;
        }

        int stepBytes = (int)Math.Clamp(rate * Step.TotalSeconds, 1, int.MaxValue);
        while (!part.IsEmpty)
        {
            ReadOnlyMemory<byte> step = part[..Math.Min(stepBytes, part.Length)];
            part = part[step.Length..];
            await Task.Delay(TimeSpan.FromSeconds(step.Length / rate), time, ended);
            await target.WriteAsync(step);
        }
    }
}
