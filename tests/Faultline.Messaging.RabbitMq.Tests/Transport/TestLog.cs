using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>Shows what the transport tells beside the test that made it tell.</summary>
internal sealed class TestLog : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)}");
}
