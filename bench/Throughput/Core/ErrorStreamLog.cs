using Microsoft.Extensions.Logging;

namespace Faultline.Bench.Throughput.Core;

/// <summary>Warnings and errors of the core on standard error: standard output belongs to the bench's replies.</summary>
internal sealed class ErrorStreamLog : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Console.Error.WriteLine($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
    }

    public void Dispose()
    {
        // Standard error stays open: it is the process's.
    }
}
