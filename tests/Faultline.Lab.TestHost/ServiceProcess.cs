using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Faultline.Lab.TestHost;

/// <summary>A service that answers every request with 200 and ends when its input ends, except as its tempers say.</summary>
internal static class ServiceProcess
{
    /// <summary>Dies at once as long as the file exists that follows.</summary>
    private const string DiesWhile = "dies-while=";

    public static async Task<int> RunAsync(string portText, string[] tempers)
    {
        if (tempers.Contains("dies-at-once") || tempers.Any(temper => temper.StartsWith(DiesWhile, StringComparison.Ordinal) && File.Exists(temper[DiesWhile.Length..]))) return 7;

        // A service that does not notice the end of the lab: only the sweep can end it.
        Task inputEnded = tempers.Contains("deaf") ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System) : Task.Run(Console.In.ReadToEnd); // The reader's asynchronous methods block.
        using PosixSignalRegistration? ignored = tempers.Contains("stubborn") ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true) : null;
        using TcpListener listener = new(IPAddress.Loopback, int.Parse(portText, CultureInfo.InvariantCulture));
        listener.Start();
        Console.WriteLine($"listening on {portText} as process {Environment.ProcessId}");
        if (tempers.Contains("chatty")) Chat();
        Task answering = AnswerAsync(listener, tempers.Contains("sick") ? "503 Service Unavailable" : "200 OK");
        await Task.WhenAny(inputEnded, answering);
        Console.WriteLine("input ended");
        return 0;
    }

    private static void Chat()
    {
        for (int i = 0; i < 120_000; i++) Console.WriteLine($"line {i} {new string('x', 100)}");
        Console.WriteLine("chat ended");
    }

    private static async Task AnswerAsync(TcpListener listener, string status)
    {
        byte[] reply = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        byte[] request = new byte[4_096];
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            NetworkStream stream = client.GetStream();
            if (await stream.ReadAsync(request) > 0) await stream.WriteAsync(reply);
        }
    }
}
