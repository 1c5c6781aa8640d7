using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace ELearning.Data;

/// <summary>
/// Which SQLite is used: the operating system's when it is newer than the one in the package, which is of 2021 and
/// gets no fixes. Decided once, before the first connection.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string> Chosen = new(Choose);

    public static string Version => Chosen.Value;

    private static string Choose()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        if (NativeLibrary.TryLoad("libsqlite3.so.0", provider, null, out var system))
        {
            if (NumberOf(system) > PackagedNumber(provider))
                NativeLibrary.SetDllImportResolver(provider, (name, _, _) => name == "e_sqlite3" ? system : 0);
            else NativeLibrary.Free(system);
        }
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static int PackagedNumber(Assembly provider)
    {
        if (!NativeLibrary.TryLoad("e_sqlite3", provider, null, out var packaged)) return 0;
        var number = NumberOf(packaged);
        NativeLibrary.Free(packaged);
        return number;
    }

    private static int NumberOf(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function)
            ? Marshal.GetDelegateForFunctionPointer<VersionNumber>(function)()
            : 0;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();
}
