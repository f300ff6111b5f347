using System.Globalization;

namespace Faultline.Lab.Postgres;

/// <summary>PostgreSQL's programs on this machine.</summary>
/// <param name="BinFolder">The folder that holds <c>postgres</c> and <c>initdb</c>.</param>
/// <param name="Version">The version of the package they came in; the major one only where they are the machine's own.</param>
public sealed record PostgresInstallation(string BinFolder, string Version)
{
    /// <summary>The major version: it decides what the databases look like on the disk, and which settings there are.</summary>
    internal int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);

    internal string Postgres => Path.Combine(BinFolder, "postgres");

    internal string Initdb => Path.Combine(BinFolder, "initdb");
}
