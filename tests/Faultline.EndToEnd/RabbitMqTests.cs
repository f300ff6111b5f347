using System.Text.Json;

namespace Faultline.EndToEnd;

public sealed class RabbitMqTests
{
    [Fact]
    public async Task The_intake_passes_on_rabbitmq_also_when_the_broker_ends_all_connections()
    {
        Assert.SkipUnless(File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server"), "RabbitMQ is not installed; run 'apt-get install rabbitmq-server'");

        CommandRun run = await CommandRun.OfAsync(["run", "ticketflow/intake", "--only", "baseline,sessions-broker", "--broker", "rabbitmq", "--seed", "1", "--json"]);

        run.ExitCode.ShouldBe(0, run.Error);
        JsonElement outcome = JsonDocument.Parse(run.Output).RootElement;
        outcome.GetProperty("cells").GetInt32().ShouldBe(2);
        string report = await File.ReadAllTextAsync(Path.Combine(outcome.GetProperty("folder").GetString()!, "report.json"), TestContext.Current.CancellationToken);
        JsonDocument.Parse(report).RootElement.GetProperty("environment").GetProperty("broker").GetString().ShouldBe("rabbitmq");
    }
}
