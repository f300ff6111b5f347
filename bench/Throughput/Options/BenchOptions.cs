using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Modes;

namespace Faultline.Bench.Throughput.Options;

/// <summary>What the user asked for.</summary>
internal sealed record BenchOptions
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help = """
        bench/messaging: messages per second, latency and CPU of outbox, relay, queue and inbox, end to end.

          --broker postgresql        or rabbitmq: a private one from the installed programs
          --contenders a,b           which to run, interleaved; the first is what ratios refer to; default: all but control,
                                     which is the baseline once more and shows how much of a ratio is noise
          --modes a,b                throughput, latency, drain; default: all
          --rounds 1                 how often each contender runs each mode
          --messages 50000           messages of the throughput mode
          --warmup 3000              messages before the clock starts, in every mode
          --producers 32             producers at once, each with a connection of its own
          --keys 1000                ordering keys, shared out among the producers
          --rate 200 --seconds 20    load of the latency mode
          --waiting 20000            messages in the outbox at the start of the drain mode
          --relay-batch 500          rows that the relay sends in one transaction
          --consumer-batch 200       deliveries handled in one transaction
          --partitions 8             partitions of a queue of the core
          --relay-linger-ms 20       pause of a relay under load, so that batches grow
          --consumer-linger-ms 0     the same of a consumer; the batches of the relay are enough for it
          --linger-from 16           rows in a batch from which on it counts as load
          --services <connection>    PostgreSQL server of the service databases; default: a private cluster
          --queue <connection>       PostgreSQL server of the queue; default: a private cluster; not with rabbitmq
          --postgres-bin <folder>    where initdb and postgres are, for the private clusters; default: $FAULTLINE_POSTGRES_BIN, then PATH
          --results <folder>         where the JSON goes; default: bench/results
          --name messaging           name of the JSON file
        """;

    /// <summary>The queue as tables of PostgreSQL.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>Quorum queues of RabbitMQ.</summary>
    public const string RabbitMq = "rabbitmq";

    public string Broker { get; set; } = PostgreSql;
    public IReadOnlyList<string> Contenders { get; set; } = ContenderTable.Defaults;
    public IReadOnlyList<string> Modes { get; set; } = ModeTable.Names;
    public int Rounds { get; set; } = 1;
    public int Messages { get; set; } = 50_000;
    public int Warmup { get; set; } = 3_000;
    public int Producers { get; set; } = 32;
    public int Keys { get; set; } = 1_000;
    public int Rate { get; set; } = 200;
    public int Seconds { get; set; } = 20;
    public int Waiting { get; set; } = 20_000;
    public Tuning Tuning { get; set; } = new();
    public string? Services { get; set; }
    public string? Queue { get; set; }
    public string? PostgresBin { get; set; }
    public string Results { get; set; } = "bench/results";
    public string Name { get; set; } = "messaging";

    /// <summary>Everything that is wrong, at once.</summary>
    public IEnumerable<string> Problems()
    {
        if (Broker is not (PostgreSql or RabbitMq)) yield return $"--broker is '{Broker}'; allowed are {PostgreSql} and {RabbitMq}";
        foreach (string name in Contenders.Except(ContenderTable.Names)) yield return $"--contenders names '{name}'; there are {string.Join(", ", ContenderTable.Names)}";
        foreach (string name in Modes.Except(ModeTable.Names)) yield return $"--modes names '{name}'; there are {string.Join(", ", ModeTable.Names)}";
        if (Rounds is < 1 or > 100) yield return $"--rounds is {Rounds}; it must be 1 to 100";
        if (Messages is < 1 or > 10_000_000) yield return $"--messages is {Messages}; it must be 1 to 10000000";
        if (Warmup is < 0 or > 1_000_000) yield return $"--warmup is {Warmup}; it must be 0 to 1000000";
        if (Producers is < 1 or > 80) yield return $"--producers is {Producers}; it must be 1 to 80";
        if (Keys < Producers) yield return $"--keys is {Keys}; it must be at least the number of producers, {Producers}, since each key has one producer";
        if (Rate is < 1 or > 100_000) yield return $"--rate is {Rate}; it must be 1 to 100000";
        if (Seconds is < 1 or > 3_600) yield return $"--seconds is {Seconds}; it must be 1 to 3600";
        if (Waiting is < 1 or > 10_000_000) yield return $"--waiting is {Waiting}; it must be 1 to 10000000";
        if (Tuning.RelayBatch is < 1 or > 10_000) yield return $"--relay-batch is {Tuning.RelayBatch}; it must be 1 to 10000";
        if (Tuning.ConsumerBatch is < 1 or > 10_000) yield return $"--consumer-batch is {Tuning.ConsumerBatch}; it must be 1 to 10000";
        if (Tuning.Partitions is < 1 or > 256) yield return $"--partitions is {Tuning.Partitions}; it must be 1 to 256";
        if (Broker == RabbitMq && Queue is not null) yield return $"--queue is for {PostgreSql}; with {RabbitMq} the broker is always a private one";
        if (Broker == PostgreSql && Services is null != Queue is null) yield return "--services and --queue go together: give both, or none for private clusters";
    }
}
