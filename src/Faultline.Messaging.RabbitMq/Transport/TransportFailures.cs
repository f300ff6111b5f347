using System.Net.Sockets;
using Faultline.Messaging.Transport;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Failures of the client library in the words of the transport contract. A password never appears in them.</summary>
internal static class TransportFailures
{
    public const ushort NotFound = 404;
    public const ushort Locked = 405;
    public const ushort OtherArguments = 406;

    /// <summary>Whether it comes from the broker or the way to it, and not from our own code.</summary>
    public static bool IsBroker(Exception error) => error is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    /// <summary>The broker's reason for closing a channel or a connection; 0 when there is none.</summary>
    public static ushort CodeOf(Exception error) => error is OperationInterruptedException { ShutdownReason: { } reason } ? reason.ReplyCode : (ushort)0;

    /// <summary>What to tell: the kind, and the broker's own words where it said something.</summary>
    public static string Describe(Exception error) => error switch
    {
        OperationInterruptedException { ShutdownReason: { } reason } => Describe(reason),
        BrokerUnreachableException { InnerException: { } inner } => Describe(inner),
        AggregateException { InnerException: { } inner } => Describe(inner),
        OperationCanceledException => "it did not answer in time",
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    /// <summary>The same for the end of a channel or a connection.</summary>
    public static string Describe(ShutdownEventArgs reason) => $"{reason.ReplyCode} {reason.ReplyText}";

    /// <summary>Runs a step; a failure of the broker becomes a <see cref="TransportException"/>. What the caller cancelled stays cancelled.</summary>
    public static async Task<T> TranslateAsync<T>(string what, Func<Task<T>> step, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return await step();
        }
        catch (Exception error) when (IsBroker(error) || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw Unknown(what, error);
        }
    }

    /// <summary>The exception for a step whose outcome is unknown.</summary>
    public static TransportException Unknown(string what, Exception error) => new($"{what} failed: {Describe(error)}", error);
}
