using System.Globalization;
using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;

namespace Faultline.Lab.RabbitMq;

/// <summary>The folder of a private broker in a lab: its data, its cookie, the password, the ports.</summary>
internal sealed class RabbitFolder(string folder)
{
    public string Path { get; } = folder;

    public string Home { get; } = System.IO.Path.Combine(folder, "home");

    public string Data { get; } = System.IO.Path.Combine(folder, "data");

    public string Logs { get; } = System.IO.Path.Combine(folder, "logs");

    public string Configuration { get; } = System.IO.Path.Combine(folder, "rabbitmq.conf");

    public string Plugins { get; } = System.IO.Path.Combine(folder, "enabled_plugins");

    /// <summary>Stands for a file of the system that must not be read.</summary>
    public string Nothing { get; } = System.IO.Path.Combine(folder, "nothing.conf");

    private string PasswordPath { get; } = System.IO.Path.Combine(folder, "password");

    private string PortsPath { get; } = System.IO.Path.Combine(folder, "ports");

    /// <summary>The password, made at the first call.</summary>
    public async Task<string> PasswordAsync(CancellationToken stop)
    {
        if (!File.Exists(PasswordPath)) await SafeFile.WriteSecretAsync(PasswordPath, DataFolder.NewPassword(), stop);
        return await File.ReadAllTextAsync(PasswordPath, stop);
    }

    /// <summary>The ports of the last start; zeros when there was none.</summary>
    public (int Amqp, int Distribution) RememberedPorts()
    {
        if (!File.Exists(PortsPath)) return (0, 0);

        string[] ports = File.ReadAllText(PortsPath).Split(' ');
        return ports.Length == 2
            && int.TryParse(ports[0], NumberStyles.None, CultureInfo.InvariantCulture, out int amqp)
            && int.TryParse(ports[1], NumberStyles.None, CultureInfo.InvariantCulture, out int distribution) ? (amqp, distribution) : (0, 0);
    }

    public Task RememberPortsAsync(int amqp, int distribution, CancellationToken stop) =>
        File.WriteAllTextAsync(PortsPath, string.Create(CultureInfo.InvariantCulture, $"{amqp} {distribution}"), stop);

    /// <summary>Creates what a broker needs; what exists is kept, only the configuration is written anew.</summary>
    public async Task PrepareAsync(int port, PostgresUser user, CancellationToken stop)
    {
        foreach (string part in (string[])[Path, Home, Data, Logs])
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(part);
            else Directory.CreateDirectory(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            user.Own(part);
        }

        string cookie = System.IO.Path.Combine(Home, ".erlang.cookie");
        if (!File.Exists(cookie)) await WriteAsync(cookie, DataFolder.NewPassword(), user, stop);
        await WriteAsync(Configuration, RabbitSettings.Configuration(port, await PasswordAsync(stop)), user, stop);
        await WriteAsync(Plugins, RabbitSettings.Plugins, user, stop);
        await WriteAsync(Nothing, "", user, stop);
    }

    private static async Task WriteAsync(string path, string text, PostgresUser user, CancellationToken stop)
    {
        await SafeFile.WriteSecretAsync(path, text, stop); // Erlang refuses a cookie that others can read.
        user.Own(path);
    }
}
