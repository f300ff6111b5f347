using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Faultline.Conformance.Transport;

/// <summary>A log that remembers what was said.</summary>
public sealed class SaidLog : ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public bool Said(string part) => _lines.Any(line => line.Contains(part, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));
}
