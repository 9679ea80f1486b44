using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Vault.Internal;

internal static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Returns true if this call created the file, and false if it existed or another process created it first.</summary>
    public static bool Ensure(string path)
    {
        if (File.Exists(path))
        {
            return false;
        }

        MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // .NET's Move overwrites on Unix even when told not to, so a lock decides between several processes.
        using var held = Lock(path + ".lock");
        if (File.Exists(path))
        {
            return false;
        }

        // Moved into place, the file appears whole: readers take no lock.
        var draft = path + ".draft";
        Write(draft);
        File.Move(draft, path);
        return true;
    }

    private static FileStream Lock(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 500)
            {
                // Held by another process for the few milliseconds of writing one file.
                Thread.Sleep(10);
            }
        }
    }

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void Write(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.Size)) + "\n"));
        file.Flush(flushToDisk: true);
    }
}
