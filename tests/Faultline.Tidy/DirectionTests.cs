using Faultline.Tidy.Rules;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy;

public sealed class DirectionTests
{
    [Fact]
    public void Projects_reference_only_what_lies_below_them() => Directions.ForbiddenReferences(ProjectFile.All()).ShouldBeNone();

    [Theory]
    [InlineData("src/Faultline.Triggers/Faultline.Triggers.csproj", "Faultline.Protocol", 1)]
    [InlineData("src/Faultline.Proxy/Faultline.Proxy.csproj", "Faultline.Protocol", 1)]
    [InlineData("src/Faultline.Anomalies/Faultline.Anomalies.csproj", "Faultline.Anomalies.Hosting", 1)]
    [InlineData("src/Faultline.Anomalies.Hosting/Faultline.Anomalies.Hosting.csproj", "Faultline.Messaging", 1)]
    [InlineData("src/Faultline.Messaging.RabbitMq/Faultline.Messaging.RabbitMq.csproj", "Faultline.Messaging.PostgreSql", 1)]
    [InlineData("src/Faultline.Hosting/Faultline.Hosting.csproj", "Faultline.Messaging.PostgreSql", 1)]
    [InlineData("src/Faultline.Verification/Faultline.Verification.csproj", "Faultline.Lab", 1)]
    [InlineData("src/Faultline.Lab/Faultline.Lab.csproj", "TicketFlow", 1)]
    [InlineData("systems/TicketFlow/TicketFlow.csproj", "Faultline.Verification", 1)]
    [InlineData("systems/TicketFlow.Checks/TicketFlow.Checks.csproj", "TicketFlow", 1)]
    [InlineData("src/Faultline.Lab/Faultline.Lab.csproj", "Faultline.Cli", 1)]
    [InlineData("bench/Throughput/Throughput.csproj", "Faultline.Cli", 1)]
    [InlineData("tests/Faultline.EndToEnd/Faultline.EndToEnd.csproj", "Faultline.Protocol", 1)]
    [InlineData("src/Faultline.Newcomer/Faultline.Newcomer.csproj", "Faultline.Protocol", 1)]
    [InlineData("src/Faultline.Messaging.PostgreSql/Faultline.Messaging.PostgreSql.csproj", "Faultline.Protocol", 0)]
    [InlineData("src/Faultline.Cli/Faultline.Cli.csproj", "Faultline.Lab", 0)]
    [InlineData("tests/Faultline.Cli.Tests/Faultline.Cli.Tests.csproj", "Faultline.Cli", 0)]
    public void A_reference_against_the_direction_is_found(string path, string reference, int found) =>
        Directions.ForbiddenReferences([Project(path, $"<ProjectReference Include=\"../x/{reference}.csproj\" />")]).Count().ShouldBe(found);

    [Fact]
    public void Tests_see_the_internals_of_their_own_project_only() => Directions.ForbiddenFriends(ProjectFile.All(), TestProjects()).ShouldBeNone();

    [Theory]
    [InlineData("Faultline.Triggers.Tests", 1)]
    [InlineData("Faultline.Lab", 1)]
    [InlineData("Faultline.Messaging.Tests", 0)]
    [InlineData("Faultline.Simulation", 0)]
    public void A_stranger_who_sees_internals_is_found(string friend, int found) =>
        Directions.ForbiddenFriends([Project("src/Faultline.Messaging/Faultline.Messaging.csproj", $"<InternalsVisibleTo Include=\"{friend}\" />")], new HashSet<string> { "Faultline.Simulation", "Faultline.Triggers.Tests" })
            .Count().ShouldBe(found);

    [Fact]
    public void Services_use_nothing_of_each_other_but_contracts() => ServiceBorders.Offenders(Repository.Code).ShouldBeNone();

    [Theory]
    [InlineData("using TicketFlow.Desk.Data;", 1)]
    [InlineData("using Rows = TicketFlow.Desk.Data.Row;", 1)]
    [InlineData("class A { TicketFlow.Desk.Handlers.B? _b; }", 1)]
    [InlineData("namespace TicketFlow.Inquiries; class A { object _b = Desk.Data.Row.Empty; }", 1)]
    [InlineData("using TicketFlow.Desk.Contracts;", 0)]
    [InlineData("using TicketFlow.Inquiries.Data;", 0)]
    public void A_look_into_another_service_is_found(string code, int found) =>
        ServiceBorders.Offenders([new("systems/TicketFlow/Inquiries/A.cs", code), new("systems/TicketFlow/Desk/Data/Row.cs", "")]).Count().ShouldBe(found);

    [Fact]
    public void Code_that_decides_touches_nothing_outside() => DecisionCode.Offenders(Repository.Code).ShouldBeNone();

    [Fact]
    public void The_rule_for_deciding_code_still_finds_such_code() => Repository.Code.Count(DecisionCode.Decides).ShouldBeGreaterThan(0);

    [Theory]
    [InlineData("using System.Net.Sockets;", 1)]
    [InlineData("class A { bool B() => File.Exists(\"x\"); }", 1)]
    [InlineData("class A { Stopwatch? _watch; }", 1)]
    [InlineData("class A(TimeProvider time);", 1)]
    [InlineData("class A { int B() => new Random(1).Next(); }", 1)]
    [InlineData("class A { string? File { get; } int B() => File.Length; }", 0)]
    [InlineData("class A(System.DateTimeOffset now) { bool B() => now > default(System.DateTimeOffset); }", 0)]
    public void Deciding_code_that_reaches_outside_is_found(string code, int found) =>
        DecisionCode.Offenders([new("src/Faultline.Verification/Checkers/A.cs", code), new("src/Faultline.Lab/B.cs", code)]).Count().ShouldBe(found);

    [Fact]
    public void Namespaces_of_a_project_form_no_circle() => NamespaceCycles.Offenders(Repository.ProductCode).ShouldBeNone();

    [Fact]
    public void A_circle_of_three_namespaces_is_found()
    {
        SourceFile a = new("src/P/A.cs", "using P.B;\nnamespace P.A;");
        SourceFile b = new("src/P/B.cs", "namespace P.B; class X { P.C.Y? _y; }");
        SourceFile c = new("src/P/C.cs", "using P.A;\nnamespace P.C;");

        NamespaceCycles.Offenders([a, b, c]).ShouldBite("P.B -> P.C (src/P/B.cs:1)");
        NamespaceCycles.Offenders([a, b]).ShouldBeEmpty();
    }

    private static HashSet<string> TestProjects() => [.. ProjectFile.All().Where(project => project.Folder.StartsWith("tests/", StringComparison.Ordinal)).Select(project => project.Name)];

    private static ProjectFile Project(string path, string items) => new(new SourceFile(path, $"<Project><ItemGroup>{items}</ItemGroup></Project>"));
}
