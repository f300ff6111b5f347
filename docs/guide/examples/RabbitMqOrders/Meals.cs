namespace RabbitMqOrders;

/// <summary>The effect: one line for each meal, in a file that outlives the process. It stands for the database of a real service, with the id as its key.</summary>
internal sealed class Meals(string path)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _cooked = File.Exists(path) ? [.. File.ReadLines(path).Select(line => Guid.Parse(line.Split(' ')[0]))] : [];
    private int _deliveries;
    private int _refused;

    public sealed record Count(int Cooked, int Deliveries, int Refused, IReadOnlyList<string> Lines);

    public void Cook(Order order)
    {
        lock (_gate)
        {
            _deliveries++;
            if (_cooked.Add(order.Id)) File.AppendAllText(path, $"{order.Id} {order.Dish}\n");
        }
    }

    /// <summary>Counts an order that arrived damaged for good.</summary>
    public void Refuse()
    {
        lock (_gate) _refused++;
    }

    public Count Read()
    {
        lock (_gate) return new Count(_cooked.Count, _deliveries, _refused, File.Exists(path) ? File.ReadAllLines(path) : []);
    }
}
