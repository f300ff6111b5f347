using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Messaging.Envelopes;

namespace Faultline.Bench.Throughput.Business;

/// <summary>Makes the orders of one producer: its own keys in turn, each order exactly 300 bytes long as JSON. Used by one thread at a time.</summary>
internal sealed class OrderMaker
{
    private static readonly string[] Notes = [.. Enumerable.Range(0, OrderPlaced.BodyBytes).Select(length => new string('x', length))];
    private static readonly int BytesWithoutNote = JsonSerializer.SerializeToUtf8Bytes(new OrderPlaced(Guid.Empty, "", 0, 0, ""), BusinessJson.Default.OrderPlaced).Length - 2;

    private readonly Ids _ids = new(TimeProvider.System);
    private readonly string[] _customers;
    private readonly long[] _numbers;
    private int _next;

    /// <summary>A maker for the keys whose number leaves the producer's number as remainder.</summary>
    public OrderMaker(int producer, RoleSetup setup)
    {
        _customers =
        [
            .. Enumerable.Range(0, setup.Keys)
                .Where(key => key % setup.Producers == producer)
                .Select(key => string.Create(CultureInfo.InvariantCulture, $"customer-{setup.Generation}-{key:D6}")),
        ];
        _numbers = new long[_customers.Length];
    }

    /// <summary>The next order, stamped with the time of now.</summary>
    public OrderPlaced Next()
    {
        int key = _next;
        _next = (_next + 1) % _customers.Length;
        long number = ++_numbers[key];
        long sentAt = Stopwatch.GetTimestamp();
        string note = Notes[OrderPlaced.BodyBytes - BytesWithoutNote - _customers[key].Length - Digits(number) - Digits(sentAt)];
        return new OrderPlaced(_ids.Next(), _customers[key], number, sentAt, note);
    }

    private static int Digits(long number)
    {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) digits++;
        return digits;
    }
}
