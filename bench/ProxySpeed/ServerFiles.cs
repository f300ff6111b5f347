namespace Faultline.Bench.ProxySpeed;

/// <summary>nginx as upstream, and HAProxy as measure, from installed binaries, with files in a folder of the run.</summary>
internal static class ServerFiles
{
    public static async Task<Contender> StartNginxAsync(string folder, int port)
    {
        string www = Directory.CreateDirectory(Path.Combine(folder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(www, "small"), new string('x', 200));
        await File.WriteAllTextAsync(Path.Combine(www, "large"), new string('x', 64 * 1024));
        string config = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(config, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/nginx.log;
            events { worker_connections 8192; }
            http {
              access_log off;
              sendfile on;
              keepalive_requests 1000000000;
              keepalive_timeout 600;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server { listen 127.0.0.1:{{port}} backlog=4096; root {{www}}; }
            }
            """);
        return await Contender.StartAsync("nginx", port, talks: false, Find("nginx"), "-c", config, "-p", folder);
    }

    public static async Task<Contender> StartHaproxyAsync(string folder, int port, int upstream)
    {
        string config = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(config, $"""
            global
              maxconn 8000
            defaults
              mode tcp
              timeout connect 5s
              timeout client 600s
              timeout server 600s
            frontend in
              bind 127.0.0.1:{port}
              default_backend out
            backend out
              server nginx 127.0.0.1:{upstream}

            """);
        return await Contender.StartAsync("HAProxy", port, talks: false, Find("haproxy"), "-f", config);
    }

    // Servers live where the path of a plain user often does not look.
    private static string Find(string program) =>
        new[] { "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{program} is not installed; this benchmark needs nginx, haproxy and wrk");
}
