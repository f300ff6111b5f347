using System.Globalization;

namespace Faultline.Bench.Throughput.Options;

/// <summary>Reads the command line into the options.</summary>
internal static class OptionReader
{
    private static readonly Dictionary<string, Action<BenchOptions, string>> Setters = new()
    {
        ["--broker"] = (options, text) => options.Broker = text,
        ["--contenders"] = (options, text) => options.Contenders = Names(text),
        ["--modes"] = (options, text) => options.Modes = Names(text),
        ["--rounds"] = (options, text) => options.Rounds = Number(text),
        ["--messages"] = (options, text) => options.Messages = Number(text),
        ["--warmup"] = (options, text) => options.Warmup = Number(text),
        ["--producers"] = (options, text) => options.Producers = Number(text),
        ["--keys"] = (options, text) => options.Keys = Number(text),
        ["--rate"] = (options, text) => options.Rate = Number(text),
        ["--seconds"] = (options, text) => options.Seconds = Number(text),
        ["--waiting"] = (options, text) => options.Waiting = Number(text),
        ["--relay-batch"] = (options, text) => options.Tuning = options.Tuning with { RelayBatch = Number(text) },
        ["--consumer-batch"] = (options, text) => options.Tuning = options.Tuning with { ConsumerBatch = Number(text) },
        ["--partitions"] = (options, text) => options.Tuning = options.Tuning with { Partitions = Number(text) },
        ["--relay-linger-ms"] = (options, text) => options.Tuning = options.Tuning with { RelayLinger = TimeSpan.FromMilliseconds(Number(text)) },
        ["--consumer-linger-ms"] = (options, text) => options.Tuning = options.Tuning with { ConsumerLinger = TimeSpan.FromMilliseconds(Number(text)) },
        ["--linger-from"] = (options, text) => options.Tuning = options.Tuning with { LingerFrom = Number(text) },
        ["--services"] = (options, text) => options.Services = text,
        ["--queue"] = (options, text) => options.Queue = text,
        ["--postgres-bin"] = (options, text) => options.PostgresBin = text,
        ["--results"] = (options, text) => options.Results = text,
        ["--name"] = (options, text) => options.Name = text,
    };

    /// <summary>Fills the options and tells what could not be read.</summary>
    public static IReadOnlyList<string> Read(string[] arguments, BenchOptions options)
    {
        var problems = new List<string>();
        for (int at = 0; at < arguments.Length; at += 2)
        {
            string name = arguments[at];
            if (!Setters.TryGetValue(name, out Action<BenchOptions, string>? set))
            {
                problems.Add($"'{name}' is no option; there are {string.Join(", ", Setters.Keys)}");
            }
            else if (at + 1 == arguments.Length)
            {
                problems.Add($"{name} needs a value");
            }
            else
            {
                try
                {
                    set(options, arguments[at + 1]);
                }
                catch (FormatException)
                {
                    problems.Add($"{name} is '{arguments[at + 1]}'; it must be a whole number from 0 to {int.MaxValue}");
                }
            }
        }

        return problems;
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new FormatException(text);
}
