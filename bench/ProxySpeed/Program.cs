using Faultline.Bench.ProxySpeed;

return args switch
{
    ["serve", var control, var listen, var upstream, var protocol] => await ServeRole.RunAsync(control, listen, upstream, protocol),
    ["churn", .. var rest] => await Churn.RunAsync(rest is [var cycles] ? int.Parse(cycles, provider: null) : 10_000),
    [] => await Comparison.RunAsync(rounds: 3, seconds: 5),
    [var rounds, var seconds] => await Comparison.RunAsync(int.Parse(rounds, provider: null), int.Parse(seconds, provider: null)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench/proxy [<rounds> <seconds>]    the proxy beside a direct connection and HAProxy");
    Console.Error.WriteLine("       bench/proxy churn [<cycles>]        toxics come and go under load");
    return 2;
}
