using System.Globalization;
using System.Text.Json;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;

namespace Faultline.Bench.Throughput.Roles;

/// <summary>
/// The inside of a role process. The first line of its input says what it is, each further line is a command, and each command has one line of reply.
/// It ends when its input ends, so that it never outlives the bench.
/// </summary>
internal static class RoleProcess
{
    public static async Task<int> RunAsync()
    {
        try
        {
            string first = await Console.In.ReadLineAsync() ?? throw new BenchException("a role process needs its order on standard input; the bench starts it");
            RoleOrder order = JsonSerializer.Deserialize<RoleOrder>(first) ?? throw new BenchException("the order of a role process is empty");
            IContender contender = ContenderTable.Get(order.Setup.Contender);
            await (order.Role == RoleKind.Producer ? ProduceAsync(contender, order.Setup) : ConsumeAsync(contender, order.Setup));
            return 0;
        }
        catch (Exception error) // The edge of the process: whatever ends it is told, and the bench sees the exit code.
        {
            await Console.Error.WriteLineAsync(error.ToString());
            return 1;
        }
    }

    private static async Task ProduceAsync(IContender contender, RoleSetup setup)
    {
        await using IProducerSide side = await contender.OpenProducerAsync(setup, CancellationToken.None);
        var load = new ProducerLoad(setup, side);
        await ServeAsync(() => side.Failure, async command =>
        {
            switch (command)
            {
                case ["relay"]:
                    await side.StartRelayAsync(CancellationToken.None);
                    return "";
                case ["burst", string count]:
                    await load.BurstAsync(int.Parse(count, CultureInfo.InvariantCulture));
                    return "";
                case ["paced", string count, string rate]:
                    return JsonSerializer.Serialize(await load.PacedAsync(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(rate, CultureInfo.InvariantCulture)));
                default:
                    throw new BenchException($"a producer has no command '{string.Join(' ', command)}'");
            }
        });
    }

    private static async Task ConsumeAsync(IContender contender, RoleSetup setup)
    {
        var deliveries = new DeliveryLog();
        await using IConsumerSide side = await contender.OpenConsumerAsync(setup, deliveries, CancellationToken.None);
        await ServeAsync(() => side.Failure, command =>
        {
            switch (command)
            {
                case ["reset"]:
                    deliveries.Reset();
                    return Task.FromResult("");
                case ["report"]:
                    return Task.FromResult(JsonSerializer.Serialize(deliveries.ToLatency()));
                default:
                    throw new BenchException($"a consumer has no command '{string.Join(' ', command)}'");
            }
        });
    }

    private static async Task ServeAsync(Func<Task> failure, Func<string[], Task<string>> execute)
    {
        await Console.Out.WriteLineAsync("ready");
        while (true)
        {
            // A read of the console may block its thread, so it has one of its own; the parts in the background are watched meanwhile.
            Task<string?> reading = Task.Run(Console.In.ReadLine);
            if (await Task.WhenAny(reading, failure()) != reading) await failure();
            if (await reading is not { } line) return;
            Task<string> reply = execute(line.Split(' '));
            if (await Task.WhenAny(reply, failure()) != reply) await failure();
            await Console.Out.WriteLineAsync(await reply);
        }
    }
}
