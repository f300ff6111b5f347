using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Clusters;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;
using Faultline.Bench.Throughput.Roles;
using Npgsql;

namespace Faultline.Bench.Throughput.Modes;

/// <summary>One contender on fresh databases, with its two processes running: what every mode loads and measures.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private static readonly TimeSpan StallWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EffectPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(2);

    private readonly ServerPair _pair;
    private readonly IContender _contender;
    private readonly RoleClient _consumer;
    private readonly NpgsqlDataSource _effects;
    private RoleSetup _setup;
    private RoleClient _producer;
    private CpuUse _cpuAtStart;
    private long _start;
    private int _committed;

    private Rig(ServerPair pair, IContender contender, RoleSetup setup, RoleClient producer, RoleClient consumer)
    {
        _pair = pair;
        _contender = contender;
        _setup = setup;
        _producer = producer;
        _consumer = consumer;
        _effects = NpgsqlDataSource.Create(pair.Servers.Consumer());
    }

    public static async Task<Rig> StartAsync(ServerPair pair, IContender contender, BenchOptions options, CancellationToken stop)
    {
        await pair.RecreateAsync(stop);
        await BusinessTables.CreateAsync(pair.Servers, stop);
        await contender.PrepareAsync(pair.Servers, stop);
        var setup = new RoleSetup(contender.Name, pair.Servers, options.Producers, options.Keys, Generation: 0, options.Tuning);
        RoleClient consumer = await RoleClient.StartAsync(RoleKind.Consumer, setup, stop);
        try
        {
            return new Rig(pair, contender, setup, await RoleClient.StartAsync(RoleKind.Producer, setup, stop), consumer);
        }
        catch
        {
            await consumer.DisposeAsync(); // The rig that would own it was not made.
            throw;
        }
    }

    /// <summary>Starts the relay, sends messages through until the code is compiled, and lets everything come to rest.</summary>
    public async Task WarmUpAsync(int messages, CancellationToken stop)
    {
        await StartRelayAsync(stop);
        await BurstAsync(messages, stop);
        await WaitUntilDrainedAsync(stop);
        await SettleAsync(stop);
    }

    /// <summary>Writes out what the servers have pending, and forgets the latencies so far.</summary>
    public async Task SettleAsync(CancellationToken stop)
    {
        await _pair.Servers.CheckpointAsync(stop);
        await _consumer.AskAsync("reset", stop);
    }

    /// <summary>Starts the relay of the producer process.</summary>
    public Task StartRelayAsync(CancellationToken stop) => _producer.AskAsync("relay", stop);

    /// <summary>Commits that many orders as fast as it goes.</summary>
    public async Task BurstAsync(int messages, CancellationToken stop)
    {
        await _producer.AskAsync(string.Create(CultureInfo.InvariantCulture, $"burst {messages}"), stop);
        _committed += messages;
    }

    /// <summary>Commits that many orders at a fixed rate.</summary>
    /// <returns>How late the worst began, in milliseconds.</returns>
    public async Task<double> PacedAsync(int messages, int rate, CancellationToken stop)
    {
        string lateness = await _producer.AskAsync(string.Create(CultureInfo.InvariantCulture, $"paced {messages} {rate}"), stop);
        _committed += messages;
        return double.Parse(lateness, CultureInfo.InvariantCulture);
    }

    /// <summary>Ends the producer process and starts a new one, whose relay does not run yet.</summary>
    public async Task RestartProducerAsync(CancellationToken stop)
    {
        await _producer.DisposeAsync();
        _setup = _setup with { Generation = _setup.Generation + 1 };
        _producer = await RoleClient.StartAsync(RoleKind.Producer, _setup, stop);
    }

    /// <summary>From here on time and CPU count.</summary>
    public void StartMeasure()
    {
        _cpuAtStart = ReadCpu();
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Waits for the last ack and tells what it took.</summary>
    public async Task<Measured> EndMeasureAsync(int messages, CancellationToken stop)
    {
        await WaitUntilDrainedAsync(stop);
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        CpuUse cpu = (ReadCpu() - _cpuAtStart).Per1000(messages);
        Latency latency = JsonSerializer.Deserialize<Latency>(await _consumer.AskAsync("report", stop)) ?? throw new BenchException("the consumer reported nothing");
        return new Measured(messages, Math.Round(seconds, 4), cpu, latency);
    }

    /// <summary>What is wrong with the effects of all that was committed; null when nothing is.</summary>
    public Task<string?> JudgeAsync(CancellationToken stop) => EffectJudge.JudgeAsync(_pair.Servers, _committed, stop);

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _consumer.DisposeAsync();
        await _effects.DisposeAsync();
    }

    private CpuUse ReadCpu() => new(CpuMeter.SecondsOf(_producer.ProcessId), CpuMeter.SecondsOf(_consumer.ProcessId), Server(_pair.Postmasters.Services), Server(_pair.Postmasters.Queue));

    private static double Server(int? postmaster) => postmaster is { } id ? CpuMeter.SecondsOf(id) : double.NaN;

    // First the cheap look at the counter of effects; the contender's own tables are asked only when the end is near.
    private async Task WaitUntilDrainedAsync(CancellationToken stop)
    {
        long progressAt = Stopwatch.GetTimestamp();
        long begun = 0;
        while (begun < _committed)
        {
            await PauseAsync(EffectPoll, progressAt, stop);
            long now = await EffectsBegunAsync(stop);
            if (now > begun) progressAt = Stopwatch.GetTimestamp();
            begun = now;
        }

        while (!await _contender.IsDrainedAsync(_pair.Servers, stop)) await PauseAsync(DrainPoll, progressAt, stop);
    }

    private async Task PauseAsync(TimeSpan pause, long progressAt, CancellationToken stop)
    {
        _producer.MustRun();
        _consumer.MustRun();
        if (Stopwatch.GetElapsedTime(progressAt) > StallWait)
        {
            throw new BenchException($"nothing moved for {StallWait.TotalSeconds} s with '{_contender.Name}': {await EffectsBegunAsync(stop)} effects of {_committed} orders");
        }

        await Task.Delay(pause, TimeProvider.System, stop);
    }

    private async Task<long> EffectsBegunAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = _effects.CreateCommand("select case when is_called then last_value else 0 end from shipments_position_seq");
        return await command.ExecuteScalarAsync(stop) as long? ?? 0;
    }
}
