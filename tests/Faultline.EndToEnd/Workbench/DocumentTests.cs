using System.Text.Json;

namespace Faultline.EndToEnd.Workbench;

public sealed class DocumentTests
{
    [Fact]
    public async Task Types_of_the_workbench_come_from_the_document_that_the_lab_serves()
    {
        await using Lab lab = await Lab.StartAsync();
        JsonElement served = await lab.GetAsync("/openapi/v1.json");

        string kept = await File.ReadAllTextAsync(Path.Combine(Lab.Repository(), "web", "openapi.json"), TestContext.Current.CancellationToken);

        JsonElement.DeepEquals(JsonDocument.Parse(kept).RootElement, served).ShouldBeTrue("the lab's API has changed: save /openapi/v1.json of a lab as web/openapi.json, and run 'npm run generate' in web/");
    }
}
